//! The system calls that std does not offer, declared by hand (Linux, 64 bit).

use std::ffi::{c_char, c_int, c_long, c_ulong, c_void};
use std::io;

#[repr(C)]
pub struct Rlimit {
    pub current: u64,
    pub maximum: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct PollFd {
    pub fd: c_int,
    pub events: i16,
    pub revents: i16,
}

#[repr(C)]
pub struct Iovec {
    pub base: *mut c_void,
    pub length: usize,
}

/// Kernel and libc agree on the first word on Linux; the rest of libc's 1024 bits stay unused.
#[repr(C)]
pub struct SignalSet(pub [u64; 16]);

impl SignalSet {
    pub fn of(signals: &[c_int]) -> SignalSet {
        let mut bits = [0u64; 16];
        for signal in signals {
            bits[0] |= 1 << (signal - 1);
        }
        SignalSet(bits)
    }
}

extern "C" {
    pub fn syscall(number: c_long, ...) -> c_long;
    pub fn prctl(option: c_int, ...) -> c_int;
    pub fn fork() -> c_int;
    pub fn execvp(file: *const c_char, argv: *const *const c_char) -> c_int;
    pub fn _exit(status: c_int) -> !;
    pub fn waitpid(pid: c_int, status: *mut c_int, options: c_int) -> c_int;
    pub fn kill(pid: c_int, signal: c_int) -> c_int;
    pub fn setsid() -> c_int;
    pub fn getppid() -> c_int;
    pub fn setrlimit(resource: c_int, limit: *const Rlimit) -> c_int;
    pub fn sigprocmask(how: c_int, set: *const SignalSet, old: *mut SignalSet) -> c_int;
    pub fn signalfd(fd: c_int, mask: *const SignalSet, flags: c_int) -> c_int;
    pub fn poll(fds: *mut PollFd, count: c_ulong, timeout: c_int) -> c_int;
    pub fn ioctl(fd: c_int, request: c_ulong, ...) -> c_int;
    pub fn dup2(old: c_int, new: c_int) -> c_int;
    pub fn unshare(flags: c_int) -> c_int;
    pub fn mount(
        source: *const c_char,
        target: *const c_char,
        kind: *const c_char,
        flags: c_ulong,
        data: *const c_void,
    ) -> c_int;
    pub fn pipe2(fds: *mut c_int, flags: c_int) -> c_int;
    pub fn chmod(path: *const c_char, mode: u32) -> c_int;
    pub fn utimensat(
        dir: c_int,
        path: *const c_char,
        times: *const [i64; 4],
        flags: c_int,
    ) -> c_int;
    pub fn process_vm_readv(
        pid: c_int,
        local: *const Iovec,
        local_count: c_ulong,
        remote: *const Iovec,
        remote_count: c_ulong,
        flags: c_ulong,
    ) -> isize;
}

pub const SIGHUP: c_int = 1;
pub const SIGINT: c_int = 2;
pub const SIGKILL: c_int = 9;
pub const SIGUSR1: c_int = 10;
pub const SIGTERM: c_int = 15;
pub const SIGCHLD: c_int = 17;
pub const SIGSTOP: c_int = 19;
pub const WNOHANG: c_int = 1;
pub const POLLIN: i16 = 1;
pub const O_CLOEXEC: c_int = 0o2000000;

pub const PR_SET_PDEATHSIG: c_int = 1;
pub const PR_CAPBSET_DROP: c_int = 24;
pub const PR_SET_SECUREBITS: c_int = 28;
pub const PR_SET_CHILD_SUBREAPER: c_int = 36;
pub const PR_SET_NO_NEW_PRIVS: c_int = 38;

// one number on every architecture since 5.1, and before that these two
pub const SYS_PIDFD_OPEN: c_long = 434;
pub const SYS_CLOSE_RANGE: c_long = 436;
pub const SYS_OPENAT2: c_long = 437;
pub const SYS_PIDFD_GETFD: c_long = 438;
pub const SYS_LANDLOCK_CREATE: c_long = 444;
pub const SYS_LANDLOCK_ADD: c_long = 445;
pub const SYS_LANDLOCK_RESTRICT: c_long = 446;
#[cfg(target_arch = "x86_64")]
pub const SYS_SECCOMP: c_long = 317;
#[cfg(target_arch = "x86_64")]
pub const SYS_CLONE: c_long = 56;
#[cfg(target_arch = "x86_64")]
pub const SYS_CAPSET: c_long = 126;
#[cfg(target_arch = "aarch64")]
pub const SYS_SECCOMP: c_long = 277;
#[cfg(target_arch = "aarch64")]
pub const SYS_CLONE: c_long = 220;
#[cfg(target_arch = "aarch64")]
pub const SYS_CAPSET: c_long = 91;

/// Forks a child that is its parent's sibling: the launcher waits for it. 0 in the child.
pub fn fork_sibling() -> io::Result<c_int> {
    const CLONE_PARENT: c_long = 0x8000;
    // SAFETY: no stack, no shared memory: a fork; this process has one thread.
    let pid = unsafe { syscall(SYS_CLONE, CLONE_PARENT | SIGCHLD as c_long, 0, 0, 0, 0) };
    check(pid).map(|pid| pid as c_int)
}

/// A C return value as a result: negative is the thread's errno.
pub fn check<T: Copy + PartialOrd + Default>(value: T) -> io::Result<T> {
    if value < T::default() {
        Err(io::Error::last_os_error())
    } else {
        Ok(value)
    }
}
