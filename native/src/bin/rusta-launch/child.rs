//! What happens between fork and exec: every right is given up, then the command starts.

use crate::filter;
use crate::landlock::Ruleset;
use crate::options::{Limit, Options};
use crate::sys;
use std::ffi::{c_int, CString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;

/// The two pipes between launcher and child: up carries the child's and the listener's number, down
/// its go-ahead.
pub struct Pipes {
    pub up: File,
    pub down: File,
}

/// Becomes the command; returns only when that failed, with the exit status and the sentence.
pub fn become_command(
    options: &Options,
    ruleset: &Ruleset,
    code: &[filter::Instruction],
    pipes: &mut Pipes,
) -> (i32, String) {
    let at = |what: &'static str| move |error: io::Error| (125, format!("{what}: {error}"));
    let mut prepared = || -> Result<(), (i32, String)> {
        let words = options.command.iter().map(|word| CString::new(word.as_bytes()));
        let words: Vec<CString> = words
            .collect::<Result<_, _>>()
            .map_err(|_| (125, "the command holds a NUL byte".to_string()))?;
        let mut argv: Vec<_> = words.iter().map(|word| word.as_ptr()).collect();
        argv.push(std::ptr::null());
        // SAFETY: plain system calls on this fresh process.
        unsafe {
            sys::check(sys::setsid()).map_err(at("cannot start a session"))?;
            sys::prctl(sys::PR_SET_PDEATHSIG, sys::SIGKILL);
        }
        if let Some(dir) = &options.dir {
            std::env::set_current_dir(dir).map_err(|error| (125, format!("{dir:?}: {error}")))?;
        }
        set_limits(&options.limits).map_err(at("cannot set a limit"))?;
        // a second layer: nested in the executioner's domain, which signals cannot leave upwards
        ruleset.restrict_self().map_err(at("cannot apply the Landlock rules"))?;
        drop_capabilities().map_err(at("cannot give up capabilities"))?;
        let listener = filter::install(code).map_err(at("cannot install the seccomp filter"))?;
        hand_over(&listener, pipes).map_err(at("the launcher did not take the filter"))?;
        drop(listener);
        close_others().map_err(at("cannot close descriptors"))?;
        default_signals();
        // SAFETY: argv ends in null and its words live until exec.
        unsafe { sys::execvp(argv[0], argv.as_ptr()) };
        let error = io::Error::last_os_error();
        let status = if error.kind() == io::ErrorKind::NotFound { 127 } else { 126 };
        Err((status, format!("{:?}: {error}", options.command[0])))
    };
    prepared().err().unwrap_or((125, "the command returned".into()))
}

fn set_limits(limits: &[Limit]) -> io::Result<()> {
    const CORE: Limit = Limit { resource: 4, value: 0 };
    for limit in limits.iter().chain([&CORE]) {
        let pair = sys::Rlimit { current: limit.value, maximum: limit.value };
        // SAFETY: pair outlives the call.
        sys::check(unsafe { sys::setrlimit(limit.resource, &pair) })?;
    }
    Ok(())
}

/// A root user keeps its number but nothing else: no capability now, none after any exec.
fn drop_capabilities() -> io::Result<()> {
    const NOROOT_AND_ALL_LOCKED: c_int = 0xef;
    const VERSION_3: u32 = 0x2008_0522;
    for capability in 0..64 as c_int {
        // SAFETY: refused for those that do not exist or when none are held; checked below
        unsafe { sys::prctl(sys::PR_CAPBSET_DROP, capability, 0, 0, 0) };
    }
    // SAFETY: as above
    unsafe { sys::prctl(sys::PR_SET_SECUREBITS, NOROOT_AND_ALL_LOCKED, 0, 0, 0) };
    let header = [VERSION_3, 0];
    let none = [0u32; 6];
    // SAFETY: header (version, pid) and data (two triples) have the layout of version 3.
    sys::check(unsafe { sys::syscall(sys::SYS_CAPSET, header.as_ptr(), none.as_ptr()) })?;
    Ok(())
}

fn hand_over(listener: &OwnedFd, pipes: &mut Pipes) -> io::Result<()> {
    let pid = std::process::id() as i32;
    pipes.up.write_all(&pid.to_ne_bytes())?;
    pipes.up.write_all(&listener.as_raw_fd().to_ne_bytes())?;
    let mut go = [0u8; 1];
    pipes.down.read_exact(&mut go)
}

fn close_others() -> io::Result<()> {
    const CLOEXEC: u32 = 4;
    // marked rather than closed: they go at exec, and a failed exec can still be reported
    // SAFETY: takes plain numbers.
    sys::check(unsafe { sys::syscall(sys::SYS_CLOSE_RANGE, 3u32, u32::MAX, CLOEXEC) })?;
    Ok(())
}

fn default_signals() {
    let none = sys::SignalSet::of(&[]);
    const SET_MASK: c_int = 2;
    // SAFETY: none outlives the call.
    unsafe { sys::sigprocmask(SET_MASK, &none, std::ptr::null_mut()) };
}

/// Lets go of the command's input and output, for a process that outlives it.
pub fn leave_streams() {
    if let Ok(null) = File::options().read(true).write(true).open("/dev/null") {
        for stream in 0..=2 {
            // SAFETY: plain numbers; the streams' Rust handles hold no state.
            unsafe { sys::dup2(null.as_raw_fd(), stream) };
        }
    }
}
