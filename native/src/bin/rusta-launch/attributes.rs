//! Answers a held command's changes of file modes and times.
//!
//! Landlock does not control chmod and utimes, so the filter sends these calls here. The path is
//! read from the caller's memory, opened once without following magic links, and the change is made
//! on that descriptor if the file lies in a writable folder: what was checked is what is changed.

use crate::filter::{attribute_call, Attribute};
use crate::sys;
use std::ffi::{c_int, c_long, CString, OsString};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

const RECEIVE: u64 = 0xc050_2100;
const SEND: u64 = 0xc018_2101;
const STILL_VALID: u64 = 0x4008_2102;

const AT_FDCWD: i32 = -100;
const AT_SYMLINK_NOFOLLOW: u64 = 0x100;
const AT_EMPTY_PATH: u64 = 0x1000;
const PATH_MAX: usize = 4096;
const O_PATH: u64 = 0o10000000;
const O_NOFOLLOW: u64 = 0o400000;
const O_CLOEXEC: u64 = 0o2000000;
const RESOLVE_NO_MAGICLINKS: u64 = 2;
const EPERM: i32 = 1;
const EINVAL: i32 = 22;
const ENAMETOOLONG: i32 = 36;

#[repr(C)]
#[derive(Default)]
struct Request {
    id: u64,
    pid: u32,
    flags: u32,
    number: i32,
    arch: u32,
    pointer: u64,
    arguments: [u64; 6],
}

#[repr(C)]
struct Answer {
    id: u64,
    value: i64,
    error: i32,
    flags: u32,
}

/// The launcher's side of the filter.
pub struct Attributes {
    listener: OwnedFd,
    writable: Vec<PathBuf>,
}

type Outcome = Result<(), i32>;

impl Attributes {
    /// Serves changes below the writable folders only.
    pub fn new(listener: OwnedFd, writable: &[PathBuf]) -> Attributes {
        let writable = writable.iter().filter_map(|path| path.canonicalize().ok());
        Attributes { listener, writable: writable.collect() }
    }

    /// The descriptor to wait on.
    pub fn fd(&self) -> c_int {
        self.listener.as_raw_fd()
    }

    /// Takes one request and answers it. A caller that died meanwhile is no error.
    pub fn serve(&self) -> io::Result<()> {
        let mut request = Request::default();
        // SAFETY: request has the size the kernel writes for this command.
        let got = unsafe { sys::ioctl(self.fd(), RECEIVE, &mut request as *mut Request) };
        if got < 0 {
            return Err(io::Error::last_os_error());
        }
        let error = self.change(&request).err().unwrap_or(0);
        let answer = Answer { id: request.id, value: 0, error: -error, flags: 0 };
        // SAFETY: answer has the size the kernel reads for this command.
        unsafe { sys::ioctl(self.fd(), SEND, &answer as *const Answer) };
        Ok(())
    }

    fn change(&self, request: &Request) -> Outcome {
        let [a, b, c, d, ..] = request.arguments;
        let here = AT_FDCWD as u64;
        match attribute_call(request.number).ok_or(EPERM)? {
            Attribute::Chmod => self.chmod(&self.open(request, here, a, 0)?, b),
            Attribute::Fchmod => self.chmod(&self.descriptor(request, a)?, b),
            Attribute::Fchmodat => self.chmod(&self.open(request, a, b, 0)?, c),
            Attribute::Fchmodat2 => self.chmod(&self.open(request, a, b, d)?, c),
            Attribute::Utimensat if b == 0 => {
                let file = self.descriptor(request, a)?;
                self.times(&file, self.nanoseconds(request, c)?)
            }
            Attribute::Utimensat => {
                let file = self.open(request, a, b, d)?;
                self.times(&file, self.nanoseconds(request, c)?)
            }
            Attribute::Utimes => {
                let file = self.open(request, here, a, 0)?;
                self.times(&file, self.microseconds(request, b)?)
            }
            Attribute::Futimesat => {
                let file = if b == 0 {
                    self.descriptor(request, a)?
                } else {
                    self.open(request, a, b, 0)?
                };
                self.times(&file, self.microseconds(request, c)?)
            }
            Attribute::Utime => {
                let file = self.open(request, here, a, 0)?;
                self.times(&file, self.seconds(request, b)?)
            }
        }
    }

    /// The file a path of the caller means, pinned.
    fn open(&self, request: &Request, dir: u64, path: u64, flags: u64) -> Result<OwnedFd, i32> {
        let text = self.text(request, path)?;
        if text.is_empty() && flags & AT_EMPTY_PATH != 0 {
            return self.descriptor(request, dir);
        }
        let base = if text.first() == Some(&b'/') {
            PathBuf::from("/")
        } else if dir as i32 == AT_FDCWD {
            PathBuf::from(format!("/proc/{}/cwd", request.pid))
        } else {
            PathBuf::from(format!("/proc/{}/fd/{}", request.pid, dir as i32))
        };
        let base = open_path(AT_FDCWD, base.as_os_str().as_bytes(), 0, 0)?;
        let follow = if flags & AT_SYMLINK_NOFOLLOW != 0 { O_NOFOLLOW } else { 0 };
        let relative: &[u8] = match text.iter().position(|byte| *byte != b'/') {
            Some(start) => &text[start..],
            None => b".",
        };
        let file = open_path(base.as_raw_fd(), relative, follow, RESOLVE_NO_MAGICLINKS)?;
        self.admitted(request, file)
    }

    /// The file behind one of the caller's descriptors, pinned.
    fn descriptor(&self, request: &Request, fd: u64) -> Result<OwnedFd, i32> {
        let path = format!("/proc/{}/fd/{}", request.pid, fd as i32);
        let file = open_path(AT_FDCWD, path.as_bytes(), 0, 0)?;
        self.admitted(request, file)
    }

    /// Passes a pinned file on when it lies in a writable folder and the caller still waits.
    fn admitted(&self, request: &Request, file: OwnedFd) -> Result<OwnedFd, i32> {
        // SAFETY: id outlives the call.
        let valid = unsafe { sys::ioctl(self.fd(), STILL_VALID, &request.id as *const u64) };
        let place = std::fs::read_link(own_path(&file)).map_err(|_| EPERM)?;
        if valid == 0 && inside(&place, &self.writable) {
            Ok(file)
        } else {
            Err(EPERM)
        }
    }

    fn chmod(&self, file: &OwnedFd, mode: u64) -> Outcome {
        let path = c_path(&own_path(file));
        // no set-user-id and the like: the file's owner is the user outside
        // SAFETY: path is NUL-terminated and outlives the call.
        done(unsafe { sys::chmod(path.as_ptr(), mode as u32 & 0o777) })
    }

    fn times(&self, file: &OwnedFd, times: Option<[i64; 4]>) -> Outcome {
        let path = c_path(&own_path(file));
        let pointer = times.as_ref().map_or(std::ptr::null(), |times| times as *const _);
        // SAFETY: path and times outlive the call.
        done(unsafe { sys::utimensat(AT_FDCWD, path.as_ptr(), pointer, 0) })
    }

    fn nanoseconds(&self, request: &Request, at: u64) -> Result<Option<[i64; 4]>, i32> {
        self.numbers::<4>(request, at)
    }

    fn microseconds(&self, request: &Request, at: u64) -> Result<Option<[i64; 4]>, i32> {
        Ok(match self.numbers::<4>(request, at)? {
            Some([s, us, t, ut]) => {
                if !(0..1_000_000).contains(&us) || !(0..1_000_000).contains(&ut) {
                    return Err(EINVAL);
                }
                Some([s, us * 1000, t, ut * 1000])
            }
            None => None,
        })
    }

    fn seconds(&self, request: &Request, at: u64) -> Result<Option<[i64; 4]>, i32> {
        Ok(self.numbers::<2>(request, at)?.map(|[a, m]| [a, 0, m, 0]))
    }

    fn numbers<const N: usize>(&self, request: &Request, at: u64) -> Result<Option<[i64; N]>, i32> {
        if at == 0 {
            return Ok(None);
        }
        let mut raw = vec![0u8; N * 8];
        if read_memory(request.pid, at, &mut raw)? != raw.len() {
            return Err(EINVAL);
        }
        let mut numbers = [0i64; N];
        for (number, bytes) in numbers.iter_mut().zip(raw.chunks_exact(8)) {
            *number = i64::from_ne_bytes(bytes.try_into().map_err(|_| EINVAL)?);
        }
        Ok(Some(numbers))
    }

    /// A NUL-terminated text of the caller, read page by page.
    fn text(&self, request: &Request, mut at: u64) -> Result<Vec<u8>, i32> {
        let mut text = Vec::new();
        while text.len() < PATH_MAX {
            let mut piece = vec![0u8; PATH_MAX - (at as usize % PATH_MAX)];
            let got = read_memory(request.pid, at, &mut piece)?;
            if let Some(end) = piece[..got].iter().position(|byte| *byte == 0) {
                text.extend_from_slice(&piece[..end]);
                return if text.len() < PATH_MAX { Ok(text) } else { Err(ENAMETOOLONG) };
            }
            text.extend_from_slice(&piece[..got]);
            at += got as u64;
        }
        Err(ENAMETOOLONG)
    }
}

/// True for a path strictly or exactly below one of the folders.
fn inside(path: &Path, folders: &[PathBuf]) -> bool {
    // the kernel marks a file without a name so; nothing with a name in a folder is lost by it
    let deleted = path.as_os_str().as_bytes().ends_with(b" (deleted)");
    path.is_absolute() && !deleted && folders.iter().any(|folder| path.starts_with(folder))
}

fn own_path(file: &OwnedFd) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

fn c_path(path: &Path) -> CString {
    let bytes = OsString::from(path.as_os_str()).into_vec();
    CString::new(bytes).unwrap_or_default()
}

fn open_path(dir: c_int, path: &[u8], flags: u64, resolve: u64) -> Result<OwnedFd, i32> {
    let path = CString::new(path).map_err(|_| EINVAL)?;
    let how = [O_PATH | O_CLOEXEC | flags, 0, resolve];
    // SAFETY: path and how (struct open_how, three u64) outlive the call.
    let fd = unsafe {
        sys::syscall(
            sys::SYS_OPENAT2,
            dir as c_long,
            path.as_ptr(),
            how.as_ptr(),
            std::mem::size_of_val(&how),
        )
    };
    if fd < 0 {
        return Err(errno());
    }
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as c_int) })
}

fn read_memory(pid: u32, at: u64, into: &mut [u8]) -> Result<usize, i32> {
    let local = sys::Iovec { base: into.as_mut_ptr().cast(), length: into.len() };
    let remote = sys::Iovec { base: at as *mut _, length: into.len() };
    // SAFETY: local describes `into`; the kernel checks the remote side.
    let got = unsafe { sys::process_vm_readv(pid as c_int, &local, 1, &remote, 1, 0) };
    if got <= 0 {
        return Err(errno());
    }
    Ok(got as usize)
}

fn done(result: c_int) -> Outcome {
    if result < 0 {
        Err(errno())
    } else {
        Ok(())
    }
}

fn errno() -> i32 {
    io::Error::last_os_error().raw_os_error().unwrap_or(EPERM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_writable_folders_admit() {
        let folders = [PathBuf::from("/lane/target"), PathBuf::from("/lane/tree")];
        for good in ["/lane/target", "/lane/target/a", "/lane/tree/b/c"] {
            assert!(inside(Path::new(good), &folders), "{good}");
        }
        for bad in ["/lane", "/lane/target2", "/etc", "pipe:[1]", "/lane/tree/x (deleted)"] {
            assert!(!inside(Path::new(bad), &folders), "{bad}");
        }
    }

    #[test]
    fn a_missing_file_is_an_error_number() {
        assert_eq!(open_path(AT_FDCWD, b"/nonexistent/x", 0, 0).unwrap_err(), 2);
    }
}
