//! Seccomp filters in classic BPF, assembled by hand (linux/filter.h, linux/seccomp.h).
//!
//! The namespaced policy is the one the bwrap rungs use (the Python side assembles it too and a
//! test compares the bytes). The held policy is for a command that shares every namespace with its
//! user: no sockets, no shared System V objects, no signals to others where Landlock cannot scope
//! them, and file attributes only through the launcher, because Landlock does not control them.

use crate::sys;
use std::ffi::{c_int, c_long, OsStr};
use std::io;
use std::os::fd::{FromRawFd, OwnedFd};

/// struct sock_filter.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    pub code: u16,
    pub if_true: u8,
    pub if_false: u8,
    pub value: u32,
}

const LOAD: u16 = 0x20;
const EQUAL: u16 = 0x15;
const AT_LEAST: u16 = 0x35;
const ANY_BIT: u16 = 0x45;
const RETURN: u16 = 0x06;

const NUMBER: u32 = 0;
const ARCH: u32 = 4;
const fn argument(index: u32) -> u32 {
    16 + 8 * index
}

pub const ALLOW: u32 = 0x7fff_0000;
pub const ERRNO: u32 = 0x0005_0000;
pub const NOTIFY: u32 = 0x7fc0_0000;
const X32_BIT: u32 = 0x4000_0000;
const EPERM: u32 = 1;
const EACCES: u32 = 13;
const ENOSYS: u32 = 38;
const EOPNOTSUPP: u32 = 95;
/// CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
const NEW_NAMESPACES: u32 = 0x7e02_0080;
const TIOCSTI: u32 = 0x5412;
const TIOCLINUX: u32 = 0x541c;
/// unix, inet, inet6, netlink.
const FAMILIES: [u32; 4] = [1, 2, 10, 16];

/// Which machine the numbers are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    X86_64,
    Aarch64,
}

impl Machine {
    #[cfg(target_arch = "x86_64")]
    pub const HERE: Machine = Machine::X86_64;
    #[cfg(target_arch = "aarch64")]
    pub const HERE: Machine = Machine::Aarch64;

    /// The machine that `uname -m` calls so.
    pub fn named(name: &OsStr) -> Option<Machine> {
        match name.to_str() {
            Some("x86_64") => Some(Machine::X86_64),
            Some("aarch64") => Some(Machine::Aarch64),
            _ => None,
        }
    }

    const fn audit_arch(self) -> u32 {
        match self {
            Machine::X86_64 => 0xc000_003e,
            Machine::Aarch64 => 0xc000_00b7,
        }
    }
}

/// A system call's numbers: on x86_64, on aarch64; -1 where it does not exist.
type Call = (i32, i32);

#[rustfmt::skip]
const REFUSED: &[Call] = &[
    (101, 117), // ptrace
    (103, 116), // syslog
    (135, 92),  // personality
    (153, 58),  // vhangup
    (155, 41),  // pivot_root
    (159, 171), // adjtimex
    (161, 51),  // chroot
    (163, 89),  // acct
    (164, 170), // settimeofday
    (165, 40),  // mount
    (166, 39),  // umount2
    (167, 224), // swapon
    (168, 225), // swapoff
    (169, 142), // reboot
    (170, 161), // sethostname
    (171, 162), // setdomainname
    (172, -1),  // iopl
    (173, -1),  // ioperm
    (175, 105), // init_module
    (176, 106), // delete_module
    (179, 60),  // quotactl
    (227, 112), // clock_settime
    (246, 104), // kexec_load
    (248, 217), // add_key
    (249, 218), // request_key
    (250, 219), // keyctl
    (272, 97),  // unshare
    (298, 241), // perf_event_open
    (300, 262), // fanotify_init
    (304, 265), // open_by_handle_at
    (305, 266), // clock_adjtime
    (308, 268), // setns
    (310, 270), // process_vm_readv
    (311, 271), // process_vm_writev
    (313, 273), // finit_module
    (320, 294), // kexec_file_load
    (321, 280), // bpf
    (323, 282), // userfaultfd
    (428, 428), // open_tree
    (429, 429), // move_mount
    (430, 430), // fsopen
    (431, 431), // fsconfig
    (432, 432), // fsmount
    (433, 433), // fspick
    (438, 438), // pidfd_getfd
    (442, 442), // mount_setattr
    (443, 443), // quotactl_fd
    (467, 467), // open_tree_attr
];
#[rustfmt::skip]
const MISSING: &[Call] = &[
    (425, 425), // io_uring_setup
    (426, 426), // io_uring_enter
    (427, 427), // io_uring_register
    (435, 435), // clone3: its flags lie in memory, out of a filter's sight
];
const CLONE: Call = (56, 220);
const SOCKET: Call = (41, 198);
const IOCTL: Call = (16, 29);

/// Objects shared with everything else the user runs, and owners of files.
#[rustfmt::skip]
const SHARED: &[Call] = &[
    (29, 194), (30, 196), (31, 195),            // shmget, shmat, shmctl
    (64, 190), (65, 193), (66, 191), (220, 192), // semget, semop, semctl, semtimedop
    (68, 186), (69, 189), (70, 188), (71, 187), // msgget, msgsnd, msgrcv, msgctl
    (240, 180), (241, 181),                     // mq_open, mq_unlink
    (92, -1), (93, 55), (94, -1), (260, 54),    // chown, fchown, lchown, fchownat
];
#[rustfmt::skip]
const EXTENDED_ATTRIBUTES: &[Call] = &[
    (188, 5), (189, 6), (190, 7),       // setxattr, lsetxattr, fsetxattr
    (197, 14), (198, 15), (199, 16),    // removexattr, lremovexattr, fremovexattr
    (463, 463), (466, 466), (469, 469), // setxattrat, removexattrat, file_setattr
];
/// Changes of another process's settings: the argument that must be 0, "myself".
#[rustfmt::skip]
const SELF_ONLY: &[(Call, u32)] = &[
    ((302, 261), 0), // prlimit64
    ((203, 122), 0), // sched_setaffinity
    ((142, 118), 0), // sched_setparam
    ((144, 119), 0), // sched_setscheduler
    ((314, 274), 0), // sched_setattr
    ((141, 140), 1), // setpriority
    ((251, 30), 1),  // ioprio_set
];
/// Signals, where the kernel's Landlock cannot keep them inside.
#[rustfmt::skip]
const SIGNALS: &[Call] = &[
    (62, 129), (200, 130), (129, 138), (297, 240), (424, 424), // kill, tkill, *sigqueueinfo, pidfd
];
const TGKILL: Call = (234, 131);
const SIGABRT: u32 = 6;

/// A call that changes a file's mode or times, answered by the launcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    Chmod,
    Fchmod,
    Fchmodat,
    Fchmodat2,
    Utime,
    Utimes,
    Futimesat,
    Utimensat,
}

pub const ATTRIBUTES: &[(Attribute, Call)] = &[
    (Attribute::Chmod, (90, -1)),
    (Attribute::Fchmod, (91, 52)),
    (Attribute::Fchmodat, (268, 53)),
    (Attribute::Fchmodat2, (452, 452)),
    (Attribute::Utime, (132, -1)),
    (Attribute::Utimes, (235, -1)),
    (Attribute::Futimesat, (261, -1)),
    (Attribute::Utimensat, (280, 88)),
];

/// Which attribute call a number is here.
pub fn attribute_call(number: i32) -> Option<Attribute> {
    ATTRIBUTES
        .iter()
        .find(|(_, call)| Assembler::number(Machine::HERE, *call) == Some(number as u32))
        .map(|(attribute, _)| *attribute)
}

struct Assembler {
    machine: Machine,
    code: Vec<Instruction>,
}

impl Assembler {
    fn number(machine: Machine, call: Call) -> Option<u32> {
        let number = match machine {
            Machine::X86_64 => call.0,
            Machine::Aarch64 => call.1,
        };
        u32::try_from(number).ok()
    }

    fn push(&mut self, code: u16, value: u32, if_true: u8, if_false: u8) {
        self.code.push(Instruction { code, if_true, if_false, value });
    }

    fn finish(&mut self, verdict: u32) {
        self.push(RETURN, verdict, 0, 0);
    }

    /// The verdict for every call of a list.
    fn each(&mut self, calls: &[Call], verdict: u32) {
        for call in calls {
            if let Some(number) = Self::number(self.machine, *call) {
                self.push(EQUAL, number, 0, 1);
                self.finish(verdict);
            }
        }
    }

    /// A call decided by its own few instructions, which always end in a verdict.
    fn call(&mut self, call: Call, body: &[Instruction]) {
        if let Some(number) = Self::number(self.machine, call) {
            self.push(EQUAL, number, 0, body.len() as u8);
            self.code.extend_from_slice(body);
        }
    }
}

const fn step(code: u16, value: u32, if_true: u8, if_false: u8) -> Instruction {
    Instruction { code, if_true, if_false, value }
}

const fn verdict(value: u32) -> Instruction {
    step(RETURN, value, 0, 0)
}

fn begin(machine: Machine) -> Assembler {
    let mut asm = Assembler { machine, code: Vec::new() };
    asm.push(LOAD, ARCH, 0, 0);
    asm.push(EQUAL, machine.audit_arch(), 1, 0);
    asm.finish(ERRNO | ENOSYS);
    asm.push(LOAD, NUMBER, 0, 0);
    if machine == Machine::X86_64 {
        asm.push(AT_LEAST, X32_BIT, 0, 1);
        asm.finish(ERRNO | ENOSYS);
    }
    asm.each(REFUSED, ERRNO | EPERM);
    asm.each(MISSING, ERRNO | ENOSYS);
    asm.call(
        CLONE,
        &[
            step(LOAD, argument(0), 0, 0),
            step(ANY_BIT, NEW_NAMESPACES, 0, 1),
            verdict(ERRNO | EPERM),
            verdict(ALLOW),
        ],
    );
    asm.call(
        IOCTL,
        &[
            step(LOAD, argument(1), 0, 0),
            step(EQUAL, TIOCSTI, 1, 0),
            step(EQUAL, TIOCLINUX, 0, 1),
            verdict(ERRNO | EPERM),
            verdict(ALLOW),
        ],
    );
    asm
}

/// The policy of the bwrap rungs: namespaces do the rest.
pub fn namespaced(machine: Machine) -> Vec<Instruction> {
    let mut asm = begin(machine);
    let mut body = vec![step(LOAD, argument(0), 0, 0)];
    for (index, family) in FAMILIES.iter().enumerate() {
        body.push(step(EQUAL, *family, (FAMILIES.len() - index) as u8, 0));
    }
    body.extend([verdict(ERRNO | EACCES), verdict(ALLOW)]);
    asm.call(SOCKET, &body);
    asm.finish(ALLOW);
    asm.code
}

/// The policy of the Landlock rung. scoped: Landlock keeps signals inside.
pub fn held(machine: Machine, no_network: bool, scoped: bool) -> Vec<Instruction> {
    let mut asm = begin(machine);
    if no_network {
        asm.each(&[SOCKET], ERRNO | EACCES);
    }
    asm.each(SHARED, ERRNO | EPERM);
    asm.each(EXTENDED_ATTRIBUTES, ERRNO | EOPNOTSUPP);
    for (_, call) in ATTRIBUTES {
        asm.each(&[*call], NOTIFY);
    }
    for (call, index) in SELF_ONLY {
        asm.call(
            *call,
            &[
                step(LOAD, argument(*index), 0, 0),
                step(EQUAL, 0, 1, 0),
                verdict(ERRNO | EPERM),
                verdict(ALLOW),
            ],
        );
    }
    if !scoped {
        asm.each(SIGNALS, ERRNO | EPERM);
        asm.call(
            TGKILL,
            &[
                step(LOAD, argument(2), 0, 0),
                step(EQUAL, SIGABRT, 1, 0),
                verdict(ERRNO | EPERM),
                verdict(ALLOW),
            ],
        );
    }
    asm.finish(ALLOW);
    asm.code
}

/// The program as the kernel reads it.
pub fn bytes(code: &[Instruction]) -> Vec<u8> {
    code.iter()
        .flat_map(|step| {
            let mut raw = [0u8; 8];
            raw[..2].copy_from_slice(&step.code.to_ne_bytes());
            raw[2] = step.if_true;
            raw[3] = step.if_false;
            raw[4..].copy_from_slice(&step.value.to_ne_bytes());
            raw
        })
        .collect()
}

/// Installs a filter on this thread; the descriptor on which NOTIFY calls arrive.
pub fn install(code: &[Instruction]) -> io::Result<OwnedFd> {
    #[repr(C)]
    struct Program {
        length: u16,
        code: *const Instruction,
    }
    const SET_MODE_FILTER: c_long = 1;
    const NEW_LISTENER: c_long = 1 << 3;
    const WAIT_KILLABLE: c_long = 1 << 5;
    let program = Program { length: code.len() as u16, code: code.as_ptr() };
    // SAFETY: program and the code it points to outlive the call.
    let fd = sys::check(unsafe {
        sys::syscall(
            sys::SYS_SECCOMP,
            SET_MODE_FILTER,
            NEW_LISTENER | WAIT_KILLABLE,
            &program as *const Program,
        )
    })?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as c_int) })
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
