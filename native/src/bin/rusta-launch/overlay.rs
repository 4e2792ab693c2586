//! The first rung's outer step without a shell: namespaces, the overlay mount, then the next program.
//!
//! Does what `unshare --user --map-root-user --mount` and mount(8) do, in one process.

use crate::sys;
use std::ffi::{CStr, CString, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

const CLONE_NEWNS: i32 = 0x0002_0000;
const CLONE_NEWUSER: i32 = 0x1000_0000;
const MS_REC: u64 = 0x4000;
const MS_PRIVATE: u64 = 1 << 18;
// names relative to the folder: no character of a path can be taken for an option
const OPTIONS: &CStr = c"lowerdir=lower,upperdir=upper,workdir=work,userxattr,volatile";

/// Mounts the folder's overlay and becomes the command; the error says what failed.
pub fn become_command(folder: &Path, command: &[OsString]) -> String {
    match mount(folder) {
        Ok(()) => {}
        Err(sentence) => return sentence,
    }
    let words: Result<Vec<CString>, _> =
        command.iter().map(|word| CString::new(word.as_bytes())).collect();
    let Ok(words) = words else {
        return "the command holds a NUL byte".into();
    };
    let mut argv: Vec<_> = words.iter().map(|word| word.as_ptr()).collect();
    argv.push(std::ptr::null());
    // SAFETY: argv ends in null and its words live until exec.
    unsafe { sys::execvp(argv[0], argv.as_ptr()) };
    format!("{:?}: {}", command[0], io::Error::last_os_error())
}

fn mount(folder: &Path) -> Result<(), String> {
    let said = |what: &'static str| move |error: io::Error| format!("{what}: {error}");
    std::env::set_current_dir(folder).map_err(|error| format!("{folder:?}: {error}"))?;
    let owner = fs::metadata("/proc/self").map_err(said("cannot read /proc"))?;
    let (user, group) = (owner.uid(), owner.gid());
    // SAFETY: plain numbers.
    sys::check(unsafe { sys::unshare(CLONE_NEWUSER | CLONE_NEWNS) })
        .map_err(said("cannot make a user namespace"))?;
    for (file, text) in [
        ("setgroups", "deny".to_string()),
        ("uid_map", format!("0 {user} 1")),
        ("gid_map", format!("0 {group} 1")),
    ] {
        fs::write(format!("/proc/self/{file}"), text).map_err(said("cannot map the user"))?;
    }
    let nothing = std::ptr::null();
    // SAFETY: all texts are NUL-terminated constants.
    sys::check(unsafe {
        sys::mount(nothing, c"/".as_ptr(), nothing, MS_REC | MS_PRIVATE, nothing.cast())
    })
    .map_err(said("cannot make mounts private"))?;
    // SAFETY: as above
    sys::check(unsafe {
        let name = c"overlay".as_ptr();
        sys::mount(name, c"merged".as_ptr(), name, 0, OPTIONS.as_ptr().cast())
    })
    .map_err(said("cannot mount the overlay"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_an_overlay_is_named() {
        let sentence = become_command(Path::new("/nonexistent/lane"), &[OsString::from("true")]);
        assert!(sentence.contains("/nonexistent/lane"), "{sentence}");
    }
}
