//! A Landlock ruleset: which files a command may touch (linux/landlock.h).

use crate::options::Options;
use crate::sys;
use std::ffi::{c_int, c_long};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Below this version a path's `truncate` is not controlled; such kernels are refused.
pub const ABI_MIN: u32 = 3;
const CREATE_VERSION: u32 = 1;
const RULE_PATH_BENEATH: c_int = 1;

const EXECUTE: u64 = 1;
const WRITE_FILE: u64 = 1 << 1;
const READ_FILE: u64 = 1 << 2;
const READ_DIR: u64 = 1 << 3;
const MAKE_CHAR: u64 = 1 << 6;
const MAKE_BLOCK: u64 = 1 << 11;
const TRUNCATE: u64 = 1 << 14;
const IOCTL_DEV: u64 = 1 << 15;

const READ: u64 = READ_FILE | READ_DIR;
const FILE_ONLY: u64 = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV;

/// What a kernel of this version can control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handled {
    pub files: u64,
    pub network: u64,
    pub scoped: u64,
}

/// Everything the version knows, all of it refused unless a rule allows it.
pub fn handled(abi: u32) -> Handled {
    let file_bits = match abi {
        0 => 0,
        1 => 13,
        2 => 14,
        3 | 4 => 15,
        _ => 16,
    };
    Handled {
        files: (1 << file_bits) - 1,
        network: if abi >= 4 { 3 } else { 0 },
        scoped: if abi >= 6 { 3 } else { 0 },
    }
}

/// The kernel's Landlock version.
pub fn abi() -> io::Result<u32> {
    // SAFETY: a null attribute with this flag only asks for the version.
    let version = unsafe {
        sys::syscall(sys::SYS_LANDLOCK_CREATE, std::ptr::null::<u8>(), 0usize, CREATE_VERSION)
    };
    sys::check(version).map(|version| version as u32)
}

/// A ruleset ready to be applied.
pub struct Ruleset {
    fd: OwnedFd,
    handled: Handled,
}

impl Ruleset {
    /// The ruleset the options ask for. Paths that do not exist are skipped.
    pub fn new(options: &Options, abi: u32) -> io::Result<Ruleset> {
        let handled = handled(abi);
        let network = if options.no_network { handled.network } else { 0 };
        let attribute = [handled.files, network, handled.scoped];
        let size = match abi {
            0..=3 => 8usize,
            4 | 5 => 16,
            _ => 24,
        };
        // SAFETY: attribute outlives the call and is at least size bytes long.
        let fd = sys::check(unsafe {
            sys::syscall(sys::SYS_LANDLOCK_CREATE, attribute.as_ptr(), size, 0u32)
        })?;
        // SAFETY: a fresh descriptor that nobody else owns.
        let fd = unsafe { OwnedFd::from_raw_fd(fd as c_int) };
        let ruleset = Ruleset { fd, handled };
        let write = handled.files & !(MAKE_CHAR | MAKE_BLOCK | IOCTL_DEV);
        for (paths, rights) in [
            (&options.read, READ),
            (&options.exec, READ | EXECUTE),
            (&options.write, write),
            (&options.devices, READ_FILE | WRITE_FILE | IOCTL_DEV),
        ] {
            for path in paths {
                ruleset.allow(path, rights)?;
            }
        }
        Ok(ruleset)
    }

    fn allow(&self, path: &Path, rights: u64) -> io::Result<()> {
        const O_PATH: c_int = 0o10000000;
        let file: File = match OpenOptions::new().read(true).custom_flags(O_PATH).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut rights = rights & self.handled.files;
        if !file.metadata()?.is_dir() {
            rights &= FILE_ONLY;
        }
        // struct landlock_path_beneath_attr is packed: u64, then i32
        let mut attribute = [0u8; 12];
        attribute[..8].copy_from_slice(&rights.to_ne_bytes());
        attribute[8..].copy_from_slice(&file.as_raw_fd().to_ne_bytes());
        // SAFETY: both descriptors are open, attribute outlives the call.
        sys::check(unsafe {
            sys::syscall(
                sys::SYS_LANDLOCK_ADD,
                self.fd.as_raw_fd() as c_long,
                RULE_PATH_BENEATH as c_long,
                attribute.as_ptr(),
                0u32,
            )
        })?;
        Ok(())
    }

    /// Binds this process and all its descendants for good; needs no_new_privs.
    pub fn restrict_self(&self) -> io::Result<()> {
        // SAFETY: the descriptor is a ruleset.
        sys::check(unsafe {
            sys::syscall(sys::SYS_LANDLOCK_RESTRICT, self.fd.as_raw_fd() as c_long, 0u32)
        })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_versions_control_more() {
        for abi in 1..10 {
            let (old, new) = (handled(abi), handled(abi + 1));
            assert_eq!(old.files & new.files, old.files);
            assert_eq!(old.network & new.network, old.network);
            assert_eq!(old.scoped & new.scoped, old.scoped);
        }
        assert_eq!(handled(3).files & TRUNCATE, TRUNCATE);
        assert_eq!(handled(2).files & TRUNCATE, 0);
        assert_eq!(handled(4).network, 3);
        assert_eq!(handled(5).files & IOCTL_DEV, IOCTL_DEV);
    }
}
