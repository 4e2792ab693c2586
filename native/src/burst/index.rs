//! Building an index: synapses in any order become rows of sources, each sorted by factor and target.

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
    fn by_source(&self, sources: usize) -> (Vec<u32>, Vec<u32>) {
        let mut begins = vec![0u32; sources + 2];
        for (k, &source) in self.source.iter().enumerate() {
            begins[source as usize + 2] += u32::from(self.is_in(k));
        }
        for row in 2..begins.len() {
            begins[row] += begins[row - 1];
        }
        let mut order = vec![0u32; *begins.last().unwrap_or(&0) as usize];
        for (k, &source) in self.source.iter().enumerate() {
            if self.is_in(k) {
                let cursor = &mut begins[source as usize + 1];
                order[*cursor as usize] = k as u32;
                *cursor += 1;
            }
        }
        begins.truncate(sources + 1);
        (order, begins)
    }
}

/// Builds the index; all ids must be below `sources` and `targets`.
pub fn build(edges: &Edges<'_>, sources: usize, targets: usize, keep_order: bool) -> Index {
    let (mut order, begins) = edges.by_source(sources);
    let row = |r: usize| begins[r] as usize..begins[r + 1] as usize;
    let segments_by_psp: usize = (0..sources).map(|r| distinct(edges, &order[row(r)])).sum();
    // A segment costs 8 bytes, a psp of its own 1 byte a synapse.
    let by_psp = targets <= 1 << 24 && (segments_by_psp.saturating_sub(sources)) * 8 <= order.len();
    let layout = if targets > 1 << 24 { 2 } else { u32::from(!by_psp) };
    let mut index = Index { layout, ..Index::default() };
    let mut keyed: Vec<(u64, u32)> = Vec::new();
    let mut plain = true;
    index.rows.push(0);
    for r in 0..sources {
        let own = &mut order[row(r)];
        sort(edges, own, by_psp, &mut keyed);
        let mut last = None;
        for (place, &k) in own.iter().enumerate() {
            let k = k as usize;
            let key = edges.key(k, by_psp);
            if last != Some(key) {
                index.starts.push(begins[r] + place as u32);
                let psp = if by_psp { i32::from(edges.psp[k]) } else { 1 };
                index.factors.push(edges.sign(k) * psp);
                last = Some(key);
            }
        }
        if own.is_empty() {
            index.starts.push(begins[r]);
            index.factors.push(0);
        }
        index.rows.push(index.starts.len() as u32);
        plain &= index.starts.len() == r + 1;
    }
    index.starts.push(order.len() as u32);
    if plain {
        index.rows = Vec::new();
    }
    let pick = |values: &[u8]| order.iter().map(|&k| values[k as usize]).collect::<Vec<u8>>();
    index.words = if layout == 2 {
        index.weights = pick(edges.weight);
        order.iter().map(|&k| edges.target[k as usize]).collect()
    } else {
        let word = |k: usize| edges.target[k] << 8 | u32::from(edges.weight[k]);
        order.iter().map(|&k| word(k as usize)).collect()
    };
    if layout != 0 {
        index.psp = pick(edges.psp);
    }
    let moved = order.iter().enumerate().any(|(place, &k)| place != k as usize);
    if keep_order && moved {
        index.order = order;
    }
    index
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
