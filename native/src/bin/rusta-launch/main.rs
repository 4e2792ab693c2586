//! rusta-launch: runs one command held by Landlock and seccomp, and ends all it leaves behind.
//!
//! The third rung of the sandbox ladder, for machines where no user namespaces can be made. It
//! fails closed: without Landlock (or with one too old) nothing is run.

mod attributes;
mod child;
mod executioner;
mod family;
mod filter;
mod landlock;
mod options;
mod overlay;
mod sys;

use attributes::Attributes;
use executioner::Executioner;
use options::Options;
use std::ffi::{c_int, c_long};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::process::exit;

const CANNOT_HOLD: i32 = 125;
const SIGNAL_EXIT: i32 = 128;

fn main() {
    let options = match options::parse(std::env::args_os().skip(1)) {
        Ok(options) => options,
        Err(sentence) => fail(&sentence),
    };
    if options.help {
        print!("{}", options::HELP);
        return;
    }
    if let Some(machine) = options.print_filter {
        let program = filter::bytes(&filter::namespaced(machine));
        if io::stdout().write_all(&program).is_err() {
            exit(1);
        }
        return;
    }
    if let Some(folder) = &options.overlay {
        fail(&overlay::become_command(folder, &options.command));
    }
    match hold(&options) {
        Ok(status) => exit(status),
        Err(error) => fail(&error.to_string()),
    }
}

fn fail(sentence: &str) -> ! {
    eprintln!("rusta-launch: {sentence}");
    exit(CANNOT_HOLD)
}

fn refused(sentence: String) -> io::Error {
    io::Error::other(sentence)
}

/// Runs the command; its exit status.
fn hold(options: &Options) -> io::Result<i32> {
    let abi = landlock::abi().map_err(|error| {
        refused(format!("this kernel has no Landlock ({error}); the command was not run"))
    })?;
    if abi < landlock::ABI_MIN {
        return Err(refused(format!(
            "this kernel's Landlock has version {abi}, {} is needed; the command was not run",
            landlock::ABI_MIN
        )));
    }
    let signals = watch_over(options)?;
    let ruleset = landlock::Ruleset::new(options, abi)
        .map_err(|error| refused(format!("cannot make the Landlock rules: {error}")))?;
    let handled = landlock::handled(abi);
    let code = filter::held(filter::Machine::HERE, options.no_network, handled.scoped != 0);
    let (up_read, up_write) = pipe()?;
    let (down_read, down_write) = pipe()?;
    let (order_read, order_write) = pipe()?;
    let (answer_read, answer_write) = pipe()?;
    let scoped = handled.scoped != 0;
    // SAFETY: this process has one thread.
    let helper = sys::check(unsafe { sys::fork() })?;
    if helper == 0 {
        drop((up_read, down_write, order_write, answer_read));
        let pipes = child::Pipes { up: up_write, down: down_read };
        let orders = (order_read, answer_write);
        begin(options, &ruleset, &code, pipes, orders, scoped);
    }
    drop((up_write, down_read, order_read, answer_write));
    let mut executioner = Executioner::new(helper, order_write, answer_read, scoped);
    let mut report = Report::new(options.report_fd);
    let taken = take_listener(up_read, down_write);
    let Ok((pid, listener)) = taken else {
        family::end_all(&mut executioner);
        executioner.dismiss();
        return Err(refused("the command was not run".into()));
    };
    let attributes = Attributes::new(listener, &options.write);
    report.line(&format!(
        "landlock abi={abi} fs={:#x} net={:#x} scoped={:#x} seccomp=yes",
        handled.files, handled.network, handled.scoped
    ));
    report.line("s");
    let status = supervise(pid, &signals, &attributes)?;
    let survivors = family::end_all(&mut executioner);
    executioner.dismiss();
    if let Some(status) = status {
        report.line(&format!("n {survivors}"));
        return Ok(status);
    }
    Ok(SIGNAL_EXIT + sys::SIGKILL)
}

/// The helper: enters the outer domain, starts the command as a child of the launcher, and stays
/// behind as the executioner.
fn begin(
    options: &Options,
    ruleset: &landlock::Ruleset,
    code: &[filter::Instruction],
    mut pipes: child::Pipes,
    orders: (File, File),
    scoped: bool,
) -> ! {
    // SAFETY: a plain system call.
    let launcher = unsafe { sys::getppid() };
    let started = ruleset.restrict_self().and_then(|()| sys::fork_sibling());
    match started {
        Ok(0) => {
            drop(orders);
            let (status, sentence) = child::become_command(options, ruleset, code, &mut pipes);
            // said before the pipes close: their end is the launcher's sign to end everything
            eprintln!("rusta-launch: {sentence}");
            // SAFETY: ends the child without the launcher's exit handlers.
            unsafe { sys::_exit(status) }
        }
        Ok(_) => {
            drop(pipes);
            child::leave_streams();
            executioner::serve(orders.0, orders.1, launcher, scoped)
        }
        Err(error) => {
            eprintln!("rusta-launch: cannot start the command: {error}");
            // SAFETY: as above.
            unsafe { sys::_exit(CANNOT_HOLD) }
        }
    }
}

/// Subreaper, no new privileges, an end with the owner, and the signals as a descriptor.
fn watch_over(options: &Options) -> io::Result<OwnedFd> {
    // SAFETY: plain system calls on this process.
    unsafe {
        sys::check(sys::prctl(sys::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))?;
        sys::check(sys::prctl(sys::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))?;
    }
    let set =
        sys::SignalSet::of(&[sys::SIGCHLD, sys::SIGINT, sys::SIGTERM, sys::SIGHUP, sys::SIGUSR1]);
    const BLOCK: c_int = 0;
    // SAFETY: set outlives the calls; the descriptor is fresh.
    let signals = unsafe {
        sys::check(sys::sigprocmask(BLOCK, &set, std::ptr::null_mut()))?;
        OwnedFd::from_raw_fd(sys::check(sys::signalfd(-1, &set, sys::O_CLOEXEC))?)
    };
    // SAFETY: plain system calls on this process.
    unsafe { sys::check(sys::prctl(sys::PR_SET_PDEATHSIG, sys::SIGHUP))? };
    let parent = unsafe { sys::getppid() };
    match options.parent {
        Some(expected) if expected != parent => {
            Err(refused(format!("the parent is {parent}, not {expected}: the owner has gone")))
        }
        _ => Ok(signals),
    }
}

fn pipe() -> io::Result<(File, File)> {
    let mut fds = [-1; 2];
    // SAFETY: fds has room for two descriptors, which are fresh.
    unsafe {
        sys::check(sys::pipe2(fds.as_mut_ptr(), sys::O_CLOEXEC))?;
        Ok((File::from_raw_fd(fds[0]), File::from_raw_fd(fds[1])))
    }
}

/// The command's process and the filter's descriptor out of it; the command then goes on.
fn take_listener(mut up: File, mut down: File) -> io::Result<(c_int, OwnedFd)> {
    let mut raw = [0u8; 8];
    up.read_exact(&mut raw)?;
    let word = |at: usize| i32::from_ne_bytes([raw[at], raw[at + 1], raw[at + 2], raw[at + 3]]);
    let (pid, number) = (word(0), word(4));
    // SAFETY: plain numbers; both descriptors are fresh.
    let listener = unsafe {
        let process = sys::check(sys::syscall(sys::SYS_PIDFD_OPEN, pid as c_long, 0u32))?;
        let process = OwnedFd::from_raw_fd(process as c_int);
        let taken = sys::syscall(
            sys::SYS_PIDFD_GETFD,
            process.as_raw_fd() as c_long,
            number as c_long,
            0u32,
        );
        OwnedFd::from_raw_fd(sys::check(taken)? as c_int)
    };
    down.write_all(b"g")?;
    Ok((pid, listener))
}

/// Waits for the command, answers it, passes signals on. Its exit status; None when everything is
/// to be ended now.
fn supervise(pid: c_int, signals: &OwnedFd, attributes: &Attributes) -> io::Result<Option<i32>> {
    let listener = attributes.fd();
    let wait = |fd| sys::PollFd { fd, events: sys::POLLIN, revents: 0 };
    let mut fds = [wait(signals.as_raw_fd()), wait(listener)];
    loop {
        // SAFETY: fds outlives the call and has two entries.
        let ready = unsafe { sys::poll(fds.as_mut_ptr(), 2, -1) };
        if ready < 0 {
            continue;
        }
        if fds[1].revents & sys::POLLIN != 0 {
            let _ = attributes.serve(); // an error means that the caller has gone meanwhile
        } else if fds[1].revents != 0 {
            fds[1].fd = -1; // the last held process has ended
        }
        if fds[0].revents & sys::POLLIN == 0 {
            continue;
        }
        match next_signal(signals)? {
            sys::SIGCHLD => {
                if let Some(status) = reap(pid) {
                    return Ok(Some(status));
                }
            }
            signal @ (sys::SIGINT | sys::SIGTERM) => {
                // SAFETY: the child leads its group and is not reaped yet.
                unsafe { sys::kill(-pid, signal) };
            }
            _ => return Ok(None),
        }
    }
}

fn next_signal(signals: &OwnedFd) -> io::Result<c_int> {
    // struct signalfd_siginfo is 128 bytes and begins with the number
    let mut info = [0u8; 128];
    let mut source = File::from(signals.try_clone()?);
    source.read_exact(&mut info)?;
    let mut number = [0u8; 4];
    number.copy_from_slice(&info[..4]);
    Ok(i32::from_ne_bytes(number))
}

/// Reaps whatever has ended; the status of the command when it is among them.
fn reap(command: c_int) -> Option<i32> {
    loop {
        let mut status = 0;
        // SAFETY: status outlives the call.
        let pid = unsafe { sys::waitpid(-1, &mut status, sys::WNOHANG) };
        if pid <= 0 {
            return None;
        }
        if pid == command {
            return Some(exit_status(status));
        }
    }
}

/// The shell's form of a wait status.
fn exit_status(status: c_int) -> i32 {
    match status & 0x7f {
        0 => (status >> 8) & 0xff,
        signal => 128 + signal,
    }
}

/// The line-by-line report to the owner; without a descriptor it says nothing.
struct Report(Option<File>);

impl Report {
    fn new(fd: Option<i32>) -> Report {
        // SAFETY: the owner passed this descriptor for us to write to.
        Report(fd.map(|fd| unsafe { File::from_raw_fd(fd) }))
    }

    fn line(&mut self, text: &str) {
        if let Some(file) = &mut self.0 {
            let _ = writeln!(file, "{text}"); // an owner who does not listen is no reason to stop
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wait_statuses() {
        assert_eq!(exit_status(0), 0);
        assert_eq!(exit_status(7 << 8), 7);
        assert_eq!(exit_status(9), 137);
        assert_eq!(exit_status(11 | 0x80), 139);
    }
}
