//! Building an index: synapses in any order become rows of sources, each sorted by factor and target.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use super::table::Table;

/// The synapses as they come in.
pub struct Edges<'a> {
    pub source: &'a [u32],
    pub target: &'a [u32],
    pub weight: &'a [u8],
    pub psp: &'a [u8],
    pub kind: &'a [u8],
    /// 0: leave this one out; none: all are in.
    pub valid: Option<&'a [u8]>,
}

/// An index that the caller has not taken yet.
#[derive(Default)]
pub struct Index {
    pub layout: u32,
    pub words: Vec<u32>,
    pub weights: Vec<u8>,
    pub psp: Vec<u8>,
    pub starts: Vec<u32>,
    pub factors: Vec<i32>,
    /// Empty when segment k is row k.
    pub rows: Vec<u32>,
    /// Where in the input each synapse stood; empty when they are in the order of the input.
    pub order: Vec<u32>,
}

impl Edges<'_> {
    fn sign(&self, k: usize) -> i32 {
        if self.kind[k] == 0 {
            1
        } else {
            -1
        }
    }

    /// What synapses of one segment have in common.
    fn key(&self, k: usize, by_psp: bool) -> u64 {
        let inhibitory = u64::from(self.kind[k] != 0);
        if by_psp {
            inhibitory << 8 | u64::from(self.psp[k])
        } else {
            inhibitory
        }
    }

    fn is_in(&self, k: usize) -> bool {
        self.valid.is_none_or(|valid| valid[k] != 0)
    }

    /// Positions of the synapses by source, and where each source's begin.
    fn by_source(&self, sources: usize, threads: usize) -> (Vec<u32>, Vec<u32>) {
        let count = self.source.len();
        let spans: Vec<Range<usize>> =
            (0..threads).map(|t| count * t / threads..count * (t + 1) / threads).collect();
        let mut cursors = each(spans.clone(), |span| {
            let mut tally = vec![0u32; sources];
            span.for_each(|k| tally[self.source[k] as usize] += u32::from(self.is_in(k)));
            tally
        });
        let mut begins = vec![0u32; sources + 1];
        let mut next = 0;
        for (row, begin) in begins.iter_mut().enumerate() {
            *begin = next;
            for cursor in &mut cursors {
                if let Some(own) = cursor.get_mut(row) {
                    next += std::mem::replace(own, next);
                }
            }
        }
        // Every place is written once, by whichever thread has the synapse that belongs there.
        let order: Vec<AtomicU32> = (0..next).map(|_| AtomicU32::new(0)).collect();
        each(spans.into_iter().zip(cursors).collect(), |(span, mut cursor)| {
            for k in span.filter(|&k| self.is_in(k)) {
                let place = &mut cursor[self.source[k] as usize];
                order[*place as usize].store(k as u32, Ordering::Relaxed);
                *place += 1;
            }
        });
        (order.into_iter().map(AtomicU32::into_inner).collect(), begins)
    }
}

/// `job` for each item, on as many threads.
fn each<T: Send, R: Send>(items: Vec<T>, job: impl Fn(T) -> R + Sync) -> Vec<R> {
    let job = &job;
    thread::scope(|scope| {
        let mut items = items.into_iter();
        let first = items.next();
        let others: Vec<_> = items.map(|item| scope.spawn(move || job(item))).collect();
        let mut made: Vec<R> = first.map(job).into_iter().collect();
        made.extend(
            others
                .into_iter()
                .map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))),
        );
        made
    })
}

/// Some rows, and their part of the order.
struct Span<'a> {
    rows: Range<usize>,
    order: &'a mut [u32],
}

/// The order in as many parts with about the same number of synapses, cut between rows.
fn spans<'a>(mut order: &'a mut [u32], begins: &[u32], parts: usize) -> Vec<Span<'a>> {
    let (sources, total) = (begins.len() - 1, order.len());
    let mut made = Vec::new();
    let mut from = 0;
    for part in 1..=parts {
        let aim = total * part / parts;
        let to = if part == parts {
            sources
        } else {
            begins.partition_point(|&begin| (begin as usize) < aim).clamp(from, sources)
        };
        let (own, rest) =
            std::mem::take(&mut order).split_at_mut((begins[to] - begins[from]) as usize);
        made.push(Span { rows: from..to, order: own });
        (from, order) = (to, rest);
    }
    made
}

/// The segments of some rows.
#[derive(Default)]
struct Segments {
    starts: Vec<u32>,
    factors: Vec<i32>,
    /// How many there are at the end of each row.
    ends: Vec<u32>,
}

/// Sorts the rows of a span and finds their segments.
fn arrange(edges: &Edges<'_>, span: Span<'_>, begins: &[u32], by_psp: bool) -> Segments {
    let mut made = Segments::default();
    let mut keyed: Vec<(u64, u32)> = Vec::new();
    let base = begins[span.rows.start];
    for r in span.rows {
        let own = &mut span.order[(begins[r] - base) as usize..(begins[r + 1] - base) as usize];
        sort(edges, own, by_psp, &mut keyed);
        let mut last = None;
        for (place, &k) in own.iter().enumerate() {
            let k = k as usize;
            let key = edges.key(k, by_psp);
            if last != Some(key) {
                made.starts.push(begins[r] + place as u32);
                let psp = if by_psp { i32::from(edges.psp[k]) } else { 1 };
                made.factors.push(edges.sign(k) * psp);
                last = Some(key);
            }
        }
        if own.is_empty() {
            made.starts.push(begins[r]);
            made.factors.push(0);
        }
        made.ends.push(made.starts.len() as u32);
    }
    made
}

/// Builds the index on so many threads; all ids must be below `sources` and `targets`.
pub fn build(
    edges: &Edges<'_>,
    sources: usize,
    targets: usize,
    keep_order: bool,
    threads: usize,
) -> Index {
    let threads = if edges.source.len() < WORTH_THREADS { 1 } else { threads.max(1) };
    let (mut order, begins) = edges.by_source(sources, threads);
    let distinct_in = |span: Span<'_>| -> usize {
        let base = begins[span.rows.start];
        let row = |r: usize| (begins[r] - base) as usize..(begins[r + 1] - base) as usize;
        span.rows.map(|r| distinct(edges, &span.order[row(r)])).sum()
    };
    let segments_by_psp: usize =
        each(spans(&mut order, &begins, threads), distinct_in).into_iter().sum();
    // A segment costs 8 bytes, a psp of its own 1 byte a synapse.
    let by_psp = targets <= 1 << 24 && (segments_by_psp.saturating_sub(sources)) * 8 <= order.len();
    let layout = if targets > 1 << 24 { 2 } else { u32::from(!by_psp) };
    let mut index = Index { layout, rows: vec![0], ..Index::default() };
    let parts = spans(&mut order, &begins, threads);
    for part in each(parts, |span| arrange(edges, span, &begins, by_psp)) {
        let before = index.starts.len() as u32;
        index.starts.extend(part.starts);
        index.factors.extend(part.factors);
        index.rows.extend(part.ends.iter().map(|end| before + end));
    }
    // Every row has a segment: as many as rows means one each.
    if index.starts.len() == sources {
        index.rows = Vec::new();
    }
    index.starts.push(order.len() as u32);
    let weight = |k: usize| edges.weight[k];
    index.words = if layout == 2 {
        index.weights = pick(&order, threads, weight);
        pick(&order, threads, |k| edges.target[k])
    } else {
        pick(&order, threads, |k| edges.target[k] << 8 | u32::from(edges.weight[k]))
    };
    if layout != 0 {
        index.psp = pick(&order, threads, |k| edges.psp[k]);
    }
    let moved = order.iter().enumerate().any(|(place, &k)| place != k as usize);
    if keep_order && moved {
        index.order = order;
    }
    index
}

/// Fewer synapses are indexed before another thread has begun.
const WORTH_THREADS: usize = 1 << 17;

/// What `of` says of each synapse, in their order.
fn pick<T: Copy + Default + Send>(
    order: &[u32],
    threads: usize,
    of: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    let mut made = vec![T::default(); order.len()];
    let chunk = order.len().div_ceil(threads).max(1);
    each(made.chunks_mut(chunk).zip(order.chunks(chunk)).collect(), |(to, from)| {
        for (value, &k) in to.iter_mut().zip(from) {
            *value = of(k as usize);
        }
    });
    made
}

/// How many pairs of type and psp a row has; at least 1.
fn distinct(edges: &Edges<'_>, row: &[u32]) -> usize {
    let mut seen = [0u64; 8];
    for &k in row {
        let key = edges.key(k as usize, true) as usize;
        seen[key >> 6] |= 1 << (key & 63);
    }
    seen.iter().map(|word| word.count_ones() as usize).sum::<usize>().max(1)
}

/// By key, then target, then place in the input.
fn sort(edges: &Edges<'_>, row: &mut [u32], by_psp: bool, keyed: &mut Vec<(u64, u32)>) {
    let key = |k: u32| edges.key(k as usize, by_psp) << 32 | u64::from(edges.target[k as usize]);
    if row.windows(2).all(|pair| key(pair[0]) <= key(pair[1])) {
        return;
    }
    keyed.clear();
    keyed.extend(row.iter().map(|&k| (key(k), k)));
    keyed.sort_unstable();
    for (place, &(_, k)) in row.iter_mut().zip(keyed.iter()) {
        *place = k;
    }
}

/// Where the targets from `first` on begin in a segment.
///
/// # Safety
/// The table is consistent but for cuts and heads; `segment` is one of its segments.
pub unsafe fn reaching(table: &Table, segment: usize, first: u64) -> u32 {
    // SAFETY: positions of the table.
    unsafe {
        let (low, high) = (*table.starts.add(segment), *table.starts.add(segment + 1));
        if low == high {
            return low;
        }
        let own = std::slice::from_raw_parts(table.words.add(low as usize), (high - low) as usize);
        let shift = if table.layout == 2 { 0 } else { 8 };
        low + own.partition_point(|&word| u64::from(word >> shift) < first) as u32
    }
}

/// Fills `cuts`: for each part but the first, where its targets begin in each segment.
///
/// # Safety
/// The table is consistent but for its cuts, for which there is room.
pub unsafe fn cut(table: &Table, parts: usize, cuts: &mut [u32]) {
    let segments = table.segments as usize;
    for part in 1..parts {
        let first = table.targets * part as u64 / parts as u64;
        for segment in 0..segments {
            // SAFETY: as promised by the caller.
            cuts[(part - 1) * segments + segment] = unsafe { reaching(table, segment, first) };
        }
    }
}
