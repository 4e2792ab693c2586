//! The processes a command leaves: finding them, counting them, ending them.
//!
//! The launcher is their subreaper, so every orphan becomes its child and nothing gets away by
//! forking twice or by a session of its own.

use crate::executioner::Executioner;
use crate::sys;
use std::ffi::c_int;
use std::fs;
use std::time::Duration;

/// Living descendants of a process; zombies are left out.
pub fn descendants(pid: u32) -> Vec<i32> {
    let mut found = Vec::new();
    let mut todo = children(pid);
    while let Some(child) = todo.pop() {
        if !is_zombie(child) {
            found.push(child);
            todo.extend(children(child as u32));
        }
    }
    found
}

/// Ends every descendant but the executioner and reaps them; how many there were at first.
pub fn end_all(executioner: &mut Executioner) -> usize {
    let own = std::process::id();
    let apart = executioner.pid;
    let others =
        || -> Vec<i32> { descendants(own).into_iter().filter(|pid| *pid != apart).collect() };
    let survivors = others().len();
    loop {
        if !executioner.strike() {
            chase(&others);
        }
        while reap_one() {}
        if others().is_empty() {
            while reap_one() {}
            return survivors;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// One by one, for kernels where the executioner cannot work: stopped first, so that none forks
/// while others are being ended.
fn chase(others: &dyn Fn() -> Vec<i32>) {
    let mut stopped = 0;
    loop {
        let now = others();
        if now.len() <= stopped {
            signal_all(&now, sys::SIGKILL);
            return;
        }
        stopped = now.len();
        signal_all(&now, sys::SIGSTOP);
    }
}

fn reap_one() -> bool {
    let mut status = 0;
    // SAFETY: status outlives the call.
    unsafe { sys::waitpid(-1, &mut status, sys::WNOHANG) > 0 }
}

fn signal_all(pids: &[i32], signal: c_int) {
    for pid in pids {
        // SAFETY: a plain system call; these are our own unreaped descendants.
        unsafe { sys::kill(*pid, signal) };
    }
}

fn children(pid: u32) -> Vec<i32> {
    let mut found = Vec::new();
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return found;
    };
    for thread in threads.flatten() {
        if let Ok(text) = fs::read_to_string(thread.path().join("children")) {
            found.extend(text.split_ascii_whitespace().filter_map(|word| word.parse::<i32>().ok()));
        }
    }
    found
}

fn is_zombie(pid: i32) -> bool {
    fs::read(format!("/proc/{pid}/stat")).map_or(true, |raw| state(&raw) == Some(b'Z'))
}

/// The state letter of /proc/PID/stat; the name before it may hold anything.
fn state(raw: &[u8]) -> Option<u8> {
    let end = raw.iter().rposition(|byte| *byte == b')')?;
    raw.get(end + 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_is_after_the_last_bracket() {
        assert_eq!(state(b"12 (a) Z (b) S 1 2"), Some(b'S'));
        assert_eq!(state(b"12 (x) Z 1"), Some(b'Z'));
        assert_eq!(state(b"nonsense"), None);
    }

    #[test]
    fn a_child_is_found() {
        let mut child = std::process::Command::new("sleep").arg("30").spawn().unwrap();
        assert!(descendants(std::process::id()).contains(&(child.id() as i32)));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!descendants(std::process::id()).contains(&(child.id() as i32)));
    }
}
