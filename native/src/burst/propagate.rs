//! One propagation: who fired goes in, the sum for every target comes out.

use std::slice;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::narrow::widen;
use super::pool;
use super::push::push;
use super::table::{Layout, Table, Uniform};
use crate::with_layout;

pub const PUSH: u32 = 0;
pub const SOURCE_SPLIT: u32 = 1;
pub const DESTINATION_SPLIT: u32 = 2;
pub const COMPLEMENT: u32 = 3;
pub const DENSE: u32 = 4;
/// Added to a strategy: sums in 16 bits.
pub const NARROW: u32 = 8;
/// Added to a strategy with `NARROW`, but for the complement: the sums stay in `narrow`, and `out` is not touched.
pub const LATER: u32 = 16;

/// An id is not below the number of sources.
pub const OUT_OF_RANGE: i64 = -1;
/// An id stands twice in the list.
pub const TWICE: i64 = -2;
/// The strategy needs something that this table or workspace does not have.
pub const NOT_PREPARED: i64 = -3;

/// Memory a propagation works in; the caller owns it, and what lies in `bitmap` and `partial` is 0 between bursts.
#[repr(C)]
pub struct Workspace {
    /// A bit a source.
    pub bitmap: *mut u64,
    /// An id a source; null: no complement, no dense sweep.
    pub list: *mut u32,
    /// `helpers` times `targets`; null: no source split.
    pub partial: *mut i32,
    pub helpers: u64,
    /// A sum in 16 bits a target, 0 between bursts; null: 16 bits are not enough. It may lie in `partial`: no burst works
    /// in both.
    pub narrow: *mut i16,
    /// What one unit of a narrow sum counts.
    pub unit: i32,
    pub reserved: u32,
}

struct Out<T>(*mut T);
// SAFETY: parts write to different targets or to different buffers.
unsafe impl<T> Sync for Out<T> {}

impl<T> Out<T> {
    fn at(&self, offset: usize) -> *mut T {
        self.0.wrapping_add(offset)
    }
}

/// Adds up the contributions of the neurons `ids` in `out`; the number of events, or a negative code.
///
/// `clear`: `out` becomes the sums; else they are added to it. Nothing is written when a code is given back.
///
/// # Safety
/// Table and workspace are consistent with each other, `out` has an element for each target.
pub unsafe fn propagate(
    table: &Table,
    ids: &[u32],
    out: *mut i32,
    strategy: u32,
    threads: usize,
    work: &Workspace,
    clear: bool,
) -> i64 {
    let bitmap = table.sources.div_ceil(64) as usize;
    // SAFETY: as promised by the caller.
    let bits = unsafe { slice::from_raw_parts_mut(work.bitmap, bitmap) };
    let (narrow, later) = (strategy & NARROW != 0, strategy & LATER != 0);
    let strategy = strategy & !(NARROW | LATER);
    let mark = strategy == COMPLEMENT || strategy == DENSE;
    let ready = match strategy {
        PUSH => true,
        SOURCE_SPLIT => (!work.partial.is_null() || threads < 2) && !narrow,
        DESTINATION_SPLIT => table.parts >= 2,
        COMPLEMENT => !table.column_sum.is_null() && !work.list.is_null(),
        DENSE => !work.list.is_null(),
        _ => false,
    };
    let ready = ready && (!narrow || (!work.narrow.is_null() && table.layout == 0));
    if !ready || (later && (!narrow || strategy == COMPLEMENT)) {
        return NOT_PREPARED;
    }
    let code = check(ids, table.sources, bits, mark);
    if code != 0 {
        return code;
    }
    let threads = if strategy == PUSH { 1 } else { threads };
    // SAFETY: the ids were checked; the rest is the caller's promise.
    unsafe {
        if strategy == SOURCE_SPLIT {
            return with_layout!(table, layout => {
                source_split(table, layout, ids, out, threads, work, clear)
            });
        }
        let burst = Burst { table, out, threads, narrow: narrow.then_some(work), later };
        if !mark {
            return burst.spread(ids, 1, from(clear));
        }
        // SAFETY: the list has an element for each source.
        let list = slice::from_raw_parts_mut(work.list, table.sources as usize);
        burst.marked(strategy, bits, list, clear)
    }
}

/// What `out` starts from.
#[derive(Clone, Copy, PartialEq)]
pub enum Start {
    AsIs,
    Zero,
    Column,
    PlusColumn,
}

fn from(clear: bool) -> Start {
    if clear {
        Start::Zero
    } else {
        Start::AsIs
    }
}

/// 0, or what is wrong; with `mark`, the bits of `ids` are set afterwards, else all are 0 again.
fn check(ids: &[u32], sources: u64, bits: &mut [u64], mark: bool) -> i64 {
    let mut ascending = true;
    let mut top = 0u32;
    let mut before = ids.first().copied().unwrap_or(0);
    top = top.max(before);
    for &id in ids.iter().skip(1) {
        ascending &= id > before;
        top = top.max(id);
        before = id;
    }
    if !ids.is_empty() && u64::from(top) >= sources {
        return OUT_OF_RANGE;
    }
    if ascending && !mark {
        return 0;
    }
    if ascending {
        mark_ascending(ids, bits);
        return 0;
    }
    let mut twice = 0u64;
    for &id in ids {
        let bit = 1u64 << (id & 63);
        let word = &mut bits[id as usize >> 6];
        twice |= *word & bit;
        *word |= bit;
    }
    if twice != 0 || !mark {
        for &id in ids {
            bits[id as usize >> 6] = 0;
        }
    }
    if twice != 0 {
        return TWICE;
    }
    0
}

/// Sets the bits of ascending ids, a word at a time.
fn mark_ascending(ids: &[u32], bits: &mut [u64]) {
    let (mut place, mut word) = (0, 0u64);
    for &id in ids {
        let here = id as usize >> 6;
        if here != place {
            bits[place] |= word;
            (place, word) = (here, 0);
        }
        word |= 1 << (id & 63);
    }
    if word != 0 {
        bits[place] |= word;
    }
}

/// What all parts of a burst have in common.
struct Burst<'a> {
    table: &'a Table,
    out: *mut i32,
    threads: usize,
    /// Sums in 16 bits are taken from here.
    narrow: Option<&'a Workspace>,
    /// They are left there.
    later: bool,
}

impl Burst<'_> {
    /// All targets in one part, or in the table's parts on several threads.
    unsafe fn spread(&self, ids: &[u32], sign: i32, start: Start) -> i64 {
        let (table, targets) = (self.table, self.table.targets as usize);
        let split = self.threads >= 2 && table.parts >= 2;
        let parts = if split { table.parts as usize } else { 1 };
        let out = Out(self.out);
        let narrow = self.narrow.map(|work| (Out(work.narrow), work.unit));
        let (later, events) = (self.later, AtomicU64::new(0));
        pool::run(self.threads, parts, &|part, _| {
            let (low, high) = (targets * part / parts, targets * (part + 1) / parts);
            // SAFETY: the parts do not overlap, and each writes only to its own targets; the caller vouches for the
            // pointers.
            let count = unsafe {
                let which = split.then_some(part);
                if let (true, Some((sums, _))) = (later, &narrow) {
                    push(table, Uniform(table.words), ids, which, sign, sums.at(0))
                } else if let Some((sums, unit)) = &narrow {
                    let layout = Uniform(table.words);
                    let count = push(table, layout, ids, which, sign, sums.at(0));
                    let own = slice::from_raw_parts_mut(out.at(low), high - low);
                    let sums = slice::from_raw_parts_mut(sums.at(low), high - low);
                    widen(sums, *unit, start, column_of(table, start, low, high), own);
                    count
                } else {
                    let own = slice::from_raw_parts_mut(out.at(low), high - low);
                    prepare(table, start, low, own);
                    with_layout!(table, layout => push(table, layout, ids, which, sign, out.at(0)))
                }
            };
            events.fetch_add(count, Ordering::Relaxed);
        });
        events.into_inner() as i64
    }

    /// Complement and dense sweep: rows in the order of the index, from the bits that `check` left.
    unsafe fn marked(&self, strategy: u32, bits: &mut [u64], list: &mut [u32], clear: bool) -> i64 {
        let others = strategy == COMPLEMENT;
        let length = unpack(bits, others, list);
        let start = match (others, clear) {
            (false, _) => from(clear),
            (true, true) => Start::Column,
            (true, false) => Start::PlusColumn,
        };
        let sign = if others { -1 } else { 1 };
        // SAFETY: the list holds ids of sources.
        let events = unsafe { self.spread(&list[..length], sign, start) };
        if others {
            self.table.synapses as i64 - events
        } else {
            events
        }
    }
}

/// The column sums of some targets; nothing where a burst does not start from them.
fn column_of(table: &Table, start: Start, low: usize, high: usize) -> &[i32] {
    match start {
        Start::Zero | Start::AsIs => &[],
        // SAFETY: asked for only when column_sum is there.
        _ => unsafe { slice::from_raw_parts(table.column_sum.add(low), high - low) },
    }
}

fn prepare(table: &Table, start: Start, low: usize, own: &mut [i32]) {
    match start {
        Start::AsIs => {}
        Start::Zero => own.fill(0),
        Start::Column | Start::PlusColumn => {
            let column = column_of(table, start, low, low + own.len());
            if start == Start::Column {
                own.copy_from_slice(column);
            } else {
                own.iter_mut().zip(column).for_each(|(sum, add)| *sum = sum.wrapping_add(*add));
            }
        }
    }
}

unsafe fn source_split<L: Layout>(
    table: &Table,
    layout: L,
    ids: &[u32],
    out: *mut i32,
    threads: usize,
    work: &Workspace,
    clear: bool,
) -> i64 {
    let targets = table.targets as usize;
    let threads = threads.min(work.helpers as usize + 1).min(64);
    // SAFETY: the caller vouches for out.
    prepare(table, from(clear), 0, unsafe { slice::from_raw_parts_mut(out, targets) });
    let chunks = (threads * 8).min(ids.len().max(1));
    let (out, partial) = (Out(out), Out(work.partial));
    let used = [const { AtomicBool::new(false) }; 64];
    let events = AtomicU64::new(0);
    pool::run(threads, chunks, &|chunk, worker| {
        let (low, high) = (ids.len() * chunk / chunks, ids.len() * (chunk + 1) / chunks);
        let own = if worker == 0 { out.at(0) } else { partial.at((worker - 1) * targets) };
        used[worker].store(true, Ordering::Relaxed);
        // SAFETY: each worker has its own buffer.
        let count = unsafe { push(table, layout, &ids[low..high], None, 1, own) };
        events.fetch_add(count, Ordering::Relaxed);
    });
    for (helper, used) in used[1..].iter().enumerate() {
        if !used.load(Ordering::Relaxed) {
            continue;
        }
        // SAFETY: the workers are done; the caller vouches for sizes.
        let (sums, part) = unsafe {
            let part = slice::from_raw_parts_mut(partial.at(helper * targets), targets);
            (slice::from_raw_parts_mut(out.0, targets), part)
        };
        for (sum, add) in sums.iter_mut().zip(part) {
            *sum = sum.wrapping_add(*add);
            *add = 0;
        }
    }
    events.into_inner() as i64
}

/// Lists the set bits, or the clear ones, as far as `list` is long; the bits are 0 afterwards.
fn unpack(bits: &mut [u64], clear_ones: bool, list: &mut [u32]) -> usize {
    let mut length = 0;
    let sources = list.len();
    for (place, word) in bits.iter_mut().enumerate() {
        let mut left = if clear_ones { !*word } else { *word };
        *word = 0;
        while left != 0 {
            let id = place * 64 + left.trailing_zeros() as usize;
            left &= left - 1;
            if id < sources {
                list[length] = id as u32;
                length += 1;
            }
        }
    }
    length
}
