//! A process that can end all held processes in one system call, however fast they fork.
//!
//! It lives in a Landlock domain of its own, and the command in one nested in it. Signals are scoped
//! to a domain and those nested in it (ABI 6), so `kill(-1)` from here reaches every held process and
//! nothing else, atomically; and no held process can signal back. Before it is ever used it proves
//! that it cannot signal the launcher, which lies outside.

use crate::sys;
use std::ffi::c_int;
use std::fs::File;
use std::io::{Read, Write};

const EPERM: i32 = 1;

/// The launcher's handle. The end of its orders, also by the launcher's death, makes the process
/// strike a last time and end.
pub struct Executioner {
    pub pid: c_int,
    order: File,
    answer: File,
    able: bool,
}

impl Executioner {
    /// scoped: the kernel keeps signals inside a domain.
    pub fn new(pid: c_int, order: File, answer: File, scoped: bool) -> Executioner {
        Executioner { pid, order, answer, able: scoped }
    }

    /// Ends every held process; false when it has to be done another way.
    pub fn strike(&mut self) -> bool {
        let mut done = [0u8; 1];
        self.able = self.able
            && self.order.write_all(b"k").is_ok()
            && self.answer.read_exact(&mut done).is_ok()
            && done == *b"k";
        self.able
    }

    /// Ends the process itself and waits for it.
    pub fn dismiss(self) {
        drop(self.order);
        let mut status = 0;
        // SAFETY: status outlives the call.
        unsafe { sys::waitpid(self.pid, &mut status, 0) };
    }
}

/// The process itself: waits for orders; the end of the orders is the launcher's end.
pub fn serve(mut order: File, mut answer: File, launcher: c_int, scoped: bool) -> ! {
    let able = scoped && cannot_reach(launcher);
    loop {
        let mut word = [0u8; 1];
        let more = order.read_exact(&mut word).is_ok();
        if able {
            // SAFETY: reaches this domain and nested ones only, which was tried on the launcher.
            unsafe { sys::kill(-1, sys::SIGKILL) };
        }
        let sent = answer.write_all(if able { b"k" } else { b"n" });
        if !more || sent.is_err() {
            // SAFETY: ends this process without anyone's exit handlers.
            unsafe { sys::_exit(0) };
        }
    }
}

fn cannot_reach(launcher: c_int) -> bool {
    // SAFETY: signal 0 only asks whether it would be allowed.
    let asked = unsafe { sys::kill(launcher, 0) };
    asked != 0 && std::io::Error::last_os_error().raw_os_error() == Some(EPERM)
}
