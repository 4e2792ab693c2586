//! What the Python side calls.

use std::slice;

use super::heads;
use super::index::{build, cut, Edges, Index};
use super::narrow;
use super::network::{arrive, burst, fire, Network};
use super::plastic::{self, adjust, incoming, Reverse};
use super::pool;
use super::propagate::{propagate, Workspace};
use super::table::Table;
use crate::abi::{guard, Error};

pub(super) unsafe fn part<'a, T>(pointer: *const T, length: usize) -> Result<&'a [T], Error> {
    if length == 0 {
        return Ok(&[]);
    }
    if pointer.is_null() {
        return Err(Error::BadArgument);
    }
    // SAFETY: the caller vouches for the length.
    Ok(unsafe { slice::from_raw_parts(pointer, length) })
}

/// How many threads a burst can use; makes them, so that no burst has to.
#[no_mangle]
pub extern "C" fn rusta_burst_threads() -> i64 {
    guard(|| {
        pool::warm();
        Ok(pool::most_threads() as i64)
    })
}

/// Builds an index; a handle for `rusta_burst_index_sizes` and `_take`, or null when arguments are null or it panicked.
///
/// # Safety
/// All arrays have `count` elements (`valid` may be null); ids are below `sources` and `targets`.
#[no_mangle]
#[allow(clippy::too_many_arguments)]
pub unsafe extern "C" fn rusta_burst_index_build(
    count: u64,
    source: *const u32,
    target: *const u32,
    weight: *const u8,
    psp: *const u8,
    kind: *const u8,
    valid: *const u8,
    sources: u64,
    targets: u64,
    keep_order: u32,
    threads: u32,
) -> *mut Index {
    let mut made: *mut Index = std::ptr::null_mut();
    let n = count as usize;
    guard(|| {
        // SAFETY: the caller vouches for the lengths.
        let edges = unsafe {
            Edges {
                source: part(source, n)?,
                target: part(target, n)?,
                weight: part(weight, n)?,
                psp: part(psp, n)?,
                kind: part(kind, n)?,
                valid: if valid.is_null() { None } else { Some(part(valid, n)?) },
            }
        };
        let (sources, targets) = (sources as usize, targets as usize);
        let threads = (threads as usize).min(pool::most_threads());
        let index = build(&edges, sources, targets, keep_order != 0, threads);
        made = Box::into_raw(Box::new(index));
        Ok(0)
    });
    made
}

/// Layout, then the lengths of words, weights, psp, starts, factors, rows, order.
///
/// # Safety
/// `index` is a handle that was not taken; `sizes` has room for 8 numbers.
#[no_mangle]
pub unsafe extern "C" fn rusta_burst_index_sizes(index: *const Index, sizes: *mut u64) -> i64 {
    guard(|| {
        if index.is_null() || sizes.is_null() {
            return Err(Error::BadArgument);
        }
        // SAFETY: as promised by the caller.
        let (index, sizes) = unsafe { (&*index, slice::from_raw_parts_mut(sizes, 8)) };
        sizes[0] = u64::from(index.layout);
        let lengths = [
            index.words.len(),
            index.weights.len(),
            index.psp.len(),
            index.starts.len(),
            index.factors.len(),
            index.rows.len(),
            index.order.len(),
        ];
        for (size, length) in sizes[1..].iter_mut().zip(lengths) {
            *size = length as u64;
        }
        Ok(0)
    })
}

/// Copies the index out and ends the handle.
///
/// # Safety
/// `index` is a handle; each array has the length that `rusta_burst_index_sizes` gave.
#[no_mangle]
#[allow(clippy::too_many_arguments)]
pub unsafe extern "C" fn rusta_burst_index_take(
    index: *mut Index,
    words: *mut u32,
    weights: *mut u8,
    psp: *mut u8,
    starts: *mut u32,
    factors: *mut i32,
    rows: *mut u32,
    order: *mut u32,
) -> i64 {
    guard(|| {
        if index.is_null() {
            return Err(Error::BadArgument);
        }
        // SAFETY: as promised by the caller.
        unsafe {
            let index = Box::from_raw(index);
            give(index.words, words);
            give(index.weights, weights);
            give(index.psp, psp);
            give(index.starts, starts);
            give(index.factors, factors);
            give(index.rows, rows);
            give(index.order, order);
        }
        Ok(0)
    })
}

unsafe fn give<T>(from: Vec<T>, to: *mut T) {
    if !from.is_empty() {
        // SAFETY: the caller of take made room.
        unsafe { std::ptr::copy_nonoverlapping(from.as_ptr(), to, from.len()) };
    }
}

/// Fills `cuts`, `(parts - 1) * segments` positions, for a split of the targets.
///
/// # Safety
/// The table is consistent; `cuts` has room.
#[no_mangle]
pub unsafe extern "C" fn rusta_burst_index_cut(
    table: *const Table,
    parts: u32,
    cuts: *mut u32,
) -> i64 {
    guard(|| {
        // SAFETY: as promised by the caller.
        let table =
            unsafe { table.as_ref() }.filter(|t| t.plausible()).ok_or(Error::BadArgument)?;
        let room = (parts.max(1) as usize - 1) * table.segments as usize;
        if room == 0 || cuts.is_null() {
            return Ok(0);
        }
        // SAFETY: as promised by the caller.
        unsafe { cut(table, parts as usize, slice::from_raw_parts_mut(cuts, room)) };
        Ok(0)
    })
}

/// Fills `heads`, one more than there are segments, for the table's parts; 0: they don't fit, do without.
///
/// # Safety
/// The table is consistent; `heads` has room.
#[no_mangle]
pub unsafe extern "C" fn rusta_burst_index_heads(table: *const Table, heads: *mut u64) -> i64 {
    guard(|| {
        // SAFETY: as promised by the caller.
        unsafe {
            let table = table.as_ref().filter(|t| t.plausible()).ok_or(Error::BadArgument)?;
            if heads.is_null() {
                return Err(Error::BadArgument);
            }
            let room = slice::from_raw_parts_mut(heads, table.segments as usize + 1);
            Ok(i64::from(heads::fill(table, room)))
        }
    })
}

/// See `narrow::columns`; 2^32 is added, so that no answer is negative.
///
/// # Safety
/// The table is consistent; `sums` has an element for each target.
#[no_mangle]
pub unsafe extern "C" fn rusta_burst_columns(table: *const Table, sums: *mut i32) -> i64 {
    guard(|| {
        // SAFETY: as promised by the caller.
        unsafe {
            let table = table.as_ref().filter(|t| t.plausible()).ok_or(Error::BadArgument)?;
            if sums.is_null() {
                return Err(Error::BadArgument);
            }
            let sums = slice::from_raw_parts_mut(sums, table.targets as usize);
            Ok((1 << 32) + i64::from(narrow::columns(table, sums)))
        }
    })
}

/// See `propagate::propagate`.
///
/// # Safety
/// Table, workspace and `out` are consistent; `ids` has `count` elements.
#[no_mangle]
#[allow(clippy::too_many_arguments)]
pub unsafe extern "C" fn rusta_burst_propagate(
    table: *const Table,
    work: *const Workspace,
    ids: *const u32,
    count: u64,
    out: *mut i32,
    strategy: u32,
    threads: u32,
    clear: u32,
) -> i64 {
    guard(|| {
        // SAFETY: as promised by the caller.
        unsafe {
            let table = table.as_ref().filter(|t| t.plausible()).ok_or(Error::BadArgument)?;
            let work = work.as_ref().ok_or(Error::BadArgument)?;
            let ids = part(ids, count as usize)?;
            if out.is_null() && table.targets != 0 {
                return Err(Error::BadArgument);
            }
            Ok(propagate(table, ids, out, strategy, threads as usize, work, clear != 0))
        }
    })
}

/// The events that arrive in the current burst; their number.
///
/// # Safety
/// The network is consistent.
#[no_mangle]
pub unsafe extern "C" fn rusta_burst_arrive(net: *mut Network) -> i64 {
    // SAFETY: as promised by the caller.
    guard(|| unsafe { Ok(arrive(net.as_mut().ok_or(Error::BadArgument)?)) })
}

/// The dynamics of the current burst; how many fired.
///
/// # Safety
/// The network is consistent.
#[no_mangle]
pub unsafe extern "C" fn rusta_burst_fire(net: *mut Network) -> i64 {
    // SAFETY: as promised by the caller.
    guard(|| unsafe { Ok(fire(net.as_mut().ok_or(Error::BadArgument)?)) })
}

/// Up to `bursts` whole bursts; how many were done. It stops early when a burst's spikes would not fit into `room` ids.
///
/// `counts` gets the number of spikes of each burst, `ids` their neurons (null: not wanted).
///
/// # Safety
/// The network is consistent; `counts` has room for `bursts`, `ids` for `room`.
#[no_mangle]
pub unsafe extern "C" fn rusta_burst_run(
    net: *mut Network,
    bursts: u64,
    counts: *mut u32,
    ids: *mut u32,
    room: u64,
) -> i64 {
    guard(|| {
        // SAFETY: as promised by the caller.
        let net = unsafe { net.as_mut() }.ok_or(Error::BadArgument)?;
        let mut used = 0u64;
        for done in 0..bursts {
            if !ids.is_null() && used + net.neurons > room {
                return Ok(done as i64);
            }
            // SAFETY: as promised by the caller.
            unsafe {
                let slot = (net.burst % u64::from(net.depth)) as usize;
                let fired = burst(net);
                if fired < 0 {
                    return Ok(fired);
                }
                if !counts.is_null() {
                    *counts.add(done as usize) = fired as u32;
                }
                if !ids.is_null() {
                    let from = net.queue.add(slot * net.neurons as usize);
                    std::ptr::copy_nonoverlapping(from, ids.add(used as usize), fired as usize);
                    used += fired as u64;
                }
            }
        }
        Ok(bursts as i64)
    })
}

/// See `plastic::adjust`.
///
/// # Safety
/// As there; both arrays have `count` elements.
#[no_mangle]
pub unsafe extern "C" fn rusta_burst_adjust(
    table: *const Table,
    residue: *mut u8,
    positions: *const i64,
    change: *const i32,
    count: u64,
) -> i64 {
    guard(|| {
        let n = count as usize;
        // SAFETY: as promised by the caller.
        unsafe {
            let table = table.as_ref().filter(|t| t.plausible()).ok_or(Error::BadArgument)?;
            Ok(adjust(table, residue, part(positions, n)?, part(change, n)?))
        }
    })
}

/// Builds the reverse of a table; null when it panicked.
///
/// # Safety
/// The table is consistent.
#[no_mangle]
pub unsafe extern "C" fn rusta_burst_reverse_build(
    table: *const Table,
    size: *mut u64,
) -> *mut Reverse {
    let mut made: *mut Reverse = std::ptr::null_mut();
    guard(|| {
        // SAFETY: as promised by the caller.
        let table =
            unsafe { table.as_ref() }.filter(|t| t.plausible()).ok_or(Error::BadArgument)?;
        // SAFETY: as promised by the caller.
        let reverse = unsafe { plastic::reverse(table) };
        // SAFETY: as promised by the caller.
        unsafe { *size = reverse.bytes.len() as u64 };
        made = Box::into_raw(Box::new(reverse));
        Ok(0)
    });
    made
}

/// Copies a reverse out and ends the handle.
///
/// # Safety
/// `reverse` is a handle; `bytes` has the size it came with, `starts` has room for targets + 1.
#[no_mangle]
pub unsafe extern "C" fn rusta_burst_reverse_take(
    reverse: *mut Reverse,
    bytes: *mut u8,
    starts: *mut u64,
) -> i64 {
    guard(|| {
        if reverse.is_null() {
            return Err(Error::BadArgument);
        }
        // SAFETY: as promised by the caller.
        unsafe {
            let reverse = Box::from_raw(reverse);
            give(reverse.bytes, bytes);
            give(reverse.starts, starts);
        }
        Ok(0)
    })
}

/// Positions that reach the targets `ids`, in their order; how many there are, which may be more than `room`.
///
/// # Safety
/// `bytes` and `starts` are the reverse of the table; ids are below its targets; `out` has room for `room`.
#[no_mangle]
#[allow(clippy::too_many_arguments)]
pub unsafe extern "C" fn rusta_burst_incoming(
    table: *const Table,
    bytes: *const u8,
    starts: *const u64,
    ids: *const u32,
    count: u64,
    out: *mut i64,
    room: u64,
) -> i64 {
    guard(|| {
        // SAFETY: as promised by the caller.
        unsafe {
            let table = table.as_ref().filter(|t| t.plausible()).ok_or(Error::BadArgument)?;
            let mut found = 0u64;
            for &id in part(ids, count as usize)? {
                let (from, to) = (*starts.add(id as usize), *starts.add(id as usize + 1));
                let own = part(bytes.wrapping_add(from as usize), (to - from) as usize)?;
                incoming(table, id, own, |_, position| {
                    if found < room {
                        *out.add(found as usize) = position as i64;
                    }
                    found += 1;
                });
            }
            Ok(found as i64)
        }
    })
}
