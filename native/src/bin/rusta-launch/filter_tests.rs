//! The programs are run by a small interpreter of the instructions they use.

use super::*;

/// seccomp_data of a call with up to six arguments.
fn call(machine: Machine, number: u32, arguments: &[u64]) -> Vec<u8> {
    let mut data = Vec::new();
    data.extend(number.to_ne_bytes());
    data.extend(machine.audit_arch().to_ne_bytes());
    data.extend(0u64.to_ne_bytes());
    for index in 0..6 {
        data.extend(arguments.get(index).copied().unwrap_or(0).to_ne_bytes());
    }
    data
}

fn run(code: &[Instruction], data: &[u8]) -> u32 {
    let (mut at, mut accumulator) = (0usize, 0u32);
    loop {
        let step = code[at];
        at += 1;
        let jump = |taken: bool| usize::from(if taken { step.if_true } else { step.if_false });
        match step.code {
            LOAD => {
                let place = step.value as usize;
                accumulator = u32::from_ne_bytes(data[place..place + 4].try_into().unwrap());
            }
            EQUAL => at += jump(accumulator == step.value),
            AT_LEAST => at += jump(accumulator >= step.value),
            ANY_BIT => at += jump(accumulator & step.value != 0),
            RETURN => return step.value,
            other => panic!("unknown instruction {other:#x}"),
        }
    }
}

const BOTH: [Machine; 2] = [Machine::X86_64, Machine::Aarch64];

fn number(machine: Machine, call: Call) -> u32 {
    Assembler::number(machine, call).unwrap()
}

fn programs(machine: Machine) -> [Vec<Instruction>; 3] {
    [namespaced(machine), held(machine, true, true), held(machine, true, false)]
}

#[test]
fn ordinary_calls_pass() {
    for machine in BOTH {
        for program in programs(machine) {
            for number in [0, 1, 3, 9, 17, 32, 60, 63, 64, 93, 257, 436, 439] {
                let listed = [REFUSED, MISSING, SHARED, EXTENDED_ATTRIBUTES, SIGNALS]
                    .iter()
                    .flat_map(|list| list.iter())
                    .chain(ATTRIBUTES.iter().map(|(_, call)| call))
                    .any(|call| Assembler::number(machine, *call) == Some(number));
                if !listed {
                    assert_eq!(run(&program, &call(machine, number, &[])), ALLOW, "{number}");
                }
            }
        }
    }
}

#[test]
fn listed_calls_are_refused() {
    for machine in BOTH {
        for program in programs(machine) {
            for listed in REFUSED {
                if let Some(number) = Assembler::number(machine, *listed) {
                    assert_eq!(run(&program, &call(machine, number, &[])), ERRNO | EPERM);
                }
            }
            for listed in MISSING {
                let number = number(machine, *listed);
                assert_eq!(run(&program, &call(machine, number, &[])), ERRNO | ENOSYS);
            }
        }
    }
}

#[test]
fn foreign_calling_conventions_are_refused() {
    for machine in BOTH {
        for program in programs(machine) {
            let mut data = call(machine, 1, &[]);
            data[4..8].copy_from_slice(&0x4000_0003u32.to_ne_bytes());
            assert_eq!(run(&program, &data), ERRNO | ENOSYS);
        }
    }
    let x32 = call(Machine::X86_64, X32_BIT | 1, &[]);
    assert_eq!(run(&namespaced(Machine::X86_64), &x32), ERRNO | ENOSYS);
}

#[test]
fn clone_makes_threads_but_no_namespaces() {
    const CLONE_NEWUSER: u64 = 0x1000_0000;
    for machine in BOTH {
        for program in programs(machine) {
            let clone = number(machine, CLONE);
            assert_eq!(run(&program, &call(machine, clone, &[0x3d0f00])), ALLOW);
            assert_eq!(run(&program, &call(machine, clone, &[17])), ALLOW);
            let user = call(machine, clone, &[CLONE_NEWUSER | 17]);
            assert_eq!(run(&program, &user), ERRNO | EPERM);
        }
    }
}

#[test]
fn terminals_take_no_typed_input() {
    for machine in BOTH {
        for program in programs(machine) {
            let ioctl = number(machine, IOCTL);
            let typed = call(machine, ioctl, &[0, u64::from(TIOCSTI)]);
            assert_eq!(run(&program, &typed), ERRNO | EPERM);
            let linux = call(machine, ioctl, &[0, u64::from(TIOCLINUX)]);
            assert_eq!(run(&program, &linux), ERRNO | EPERM);
            assert_eq!(run(&program, &call(machine, ioctl, &[0, 0x5401])), ALLOW);
        }
    }
}

#[test]
fn socket_families() {
    const VSOCK: u64 = 40;
    const PACKET: u64 = 17;
    for machine in BOTH {
        let socket = number(machine, SOCKET);
        let inside = namespaced(machine);
        let outside = held(machine, true, true);
        for family in 0..46u64 {
            let private = FAMILIES.contains(&(family as u32));
            let expected = if private { ALLOW } else { ERRNO | EACCES };
            let data = call(machine, socket, &[family]);
            assert_eq!(run(&inside, &data), expected, "family {family}");
            assert_eq!(run(&outside, &data), ERRNO | EACCES, "family {family}");
            assert_eq!(run(&held(machine, false, true), &data), ALLOW);
        }
        assert_eq!(run(&inside, &call(machine, socket, &[VSOCK])), ERRNO | EACCES);
        assert_eq!(run(&inside, &call(machine, socket, &[PACKET])), ERRNO | EACCES);
    }
}

#[test]
fn attributes_go_to_the_launcher_only_when_held() {
    for machine in BOTH {
        for (_, listed) in ATTRIBUTES {
            if let Some(number) = Assembler::number(machine, *listed) {
                let data = call(machine, number, &[]);
                assert_eq!(run(&held(machine, true, true), &data), NOTIFY);
                assert_eq!(run(&namespaced(machine), &data), ALLOW);
            }
        }
    }
}

#[test]
fn limits_of_others_and_signals() {
    for machine in BOTH {
        let program = held(machine, true, true);
        for (listed, index) in SELF_ONLY {
            let number = number(machine, *listed);
            let mut arguments = [0u64; 6];
            assert_eq!(run(&program, &call(machine, number, &arguments)), ALLOW);
            arguments[*index as usize] = 1;
            assert_eq!(run(&program, &call(machine, number, &arguments)), ERRNO | EPERM);
        }
        let unscoped = held(machine, true, false);
        let kill = call(machine, number(machine, SIGNALS[0]), &[1, 9]);
        assert_eq!(run(&program, &kill), ALLOW);
        assert_eq!(run(&unscoped, &kill), ERRNO | EPERM);
        let tgkill = number(machine, TGKILL);
        assert_eq!(run(&unscoped, &call(machine, tgkill, &[5, 5, 6])), ALLOW);
        assert_eq!(run(&unscoped, &call(machine, tgkill, &[5, 5, 9])), ERRNO | EPERM);
    }
}

#[test]
fn every_jump_lands_inside() {
    for machine in BOTH {
        for program in programs(machine) {
            for (at, step) in program.iter().enumerate() {
                let far = usize::from(step.if_true.max(step.if_false));
                assert!(at + 1 + far < program.len() || step.code == RETURN);
            }
            assert_eq!(program.last().unwrap().code, RETURN);
        }
    }
}
