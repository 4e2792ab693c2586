"""A seccomp filter in classic BPF for the bwrap rungs, assembled by hand.

Namespaces already keep a command from the machine; the filter takes away kernel interfaces that
namespaces do not cover (vsock, keyrings, io_uring, bpf) or that no build needs (mounts, modules,
clocks, tracing). The Rust launcher assembles the same program for its own rung; a test compares
the two byte for byte. Layouts: linux/filter.h (sock_filter), linux/seccomp.h (seccomp_data).
"""

from __future__ import annotations

import errno
import os
import struct

ALLOW = 0x7FFF0000
ERRNO = 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _ARG0, _ARG1 = 0, 4, 16, 24  # offsets in seccomp_data, low words
_X32_BIT = 0x40000000
# CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_NEW_NAMESPACES = 0x7E020080
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
FAMILIES = (1, 2, 10, 16)  # unix, inet, inet6, netlink: all private to the network namespace
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# name: number on x86_64, on aarch64 (None: not there). Refused with EPERM.
REFUSED: dict[str, tuple[int | None, int | None]] = {
    "ptrace": (101, 117),
    "syslog": (103, 116),
    "personality": (135, 92),
    "vhangup": (153, 58),
    "pivot_root": (155, 41),
    "adjtimex": (159, 171),
    "chroot": (161, 51),
    "acct": (163, 89),
    "settimeofday": (164, 170),
    "mount": (165, 40),
    "umount2": (166, 39),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "iopl": (172, None),
    "ioperm": (173, None),
    "init_module": (175, 105),
    "delete_module": (176, 106),
    "quotactl": (179, 60),
    "clock_settime": (227, 112),
    "kexec_load": (246, 104),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "unshare": (272, 97),
    "perf_event_open": (298, 241),
    "fanotify_init": (300, 262),
    "open_by_handle_at": (304, 265),
    "clock_adjtime": (305, 266),
    "setns": (308, 268),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "finit_module": (313, 273),
    "kexec_file_load": (320, 294),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "pidfd_getfd": (438, 438),
    "mount_setattr": (442, 442),
    "quotactl_fd": (443, 443),
    "open_tree_attr": (467, 467),
}
# refused as if the kernel did not have them, so that libraries fall back
MISSING: dict[str, tuple[int | None, int | None]] = {
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "clone3": (435, 435),
}
CLONE = (56, 220)
SOCKET = (41, 198)
IOCTL = (16, 29)


def program(machine: str | None = None) -> bytes:
    """The filter as an array of sock_filter; empty for a machine type it is not written for."""
    machine = machine or os.uname().machine
    if machine not in AUDIT_ARCH:
        return b""
    column = 0 if machine == "x86_64" else 1
    code = [_op(_LOAD, _ARCH), _op(_EQUAL, AUDIT_ARCH[machine], 1), _refuse(errno.ENOSYS)]
    code += [_op(_LOAD, _NUMBER)]
    if machine == "x86_64":
        code += [_op(_AT_LEAST, _X32_BIT, 0, 1), _refuse(errno.ENOSYS)]
    for table, error in ((REFUSED, errno.EPERM), (MISSING, errno.ENOSYS)):
        for numbers in table.values():
            number = numbers[column]
            if number is not None:
                code += [_op(_EQUAL, number, 0, 1), _refuse(error)]
    code += [_op(_EQUAL, CLONE[column], 0, 4), _op(_LOAD, _ARG0)]
    code += [_op(_ANY_BIT, _NEW_NAMESPACES, 0, 1), _refuse(errno.EPERM), _op(_RETURN, ALLOW)]
    code += [_op(_EQUAL, IOCTL[column], 0, 5), _op(_LOAD, _ARG1), _op(_EQUAL, _TIOCSTI, 1)]
    code += [_op(_EQUAL, _TIOCLINUX, 0, 1), _refuse(errno.EPERM), _op(_RETURN, ALLOW)]
    # a family that is on the list jumps over the rest of the list and over the refusal
    code += [_op(_EQUAL, SOCKET[column], 0, len(FAMILIES) + 3), _op(_LOAD, _ARG0)]
    for index, family in enumerate(FAMILIES):
        code.append(_op(_EQUAL, family, len(FAMILIES) - index))
    code += [_refuse(errno.EACCES), _op(_RETURN, ALLOW), _op(_RETURN, ALLOW)]
    return b"".join(code)


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _refuse(error: int) -> bytes:
    return _op(_RETURN, ERRNO | error)
