//! A burst allocates nothing, on one thread or two: counted by the allocator itself.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use rusta_native::burst::propagate::{
    propagate, Workspace, COMPLEMENT, DENSE, DESTINATION_SPLIT, NARROW, PUSH, SOURCE_SPLIT,
};
use rusta_native::burst::table::Table;
use rusta_native::burst::{heads, index, pool};

struct Counting;
static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: hands everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::SeqCst);
        // SAFETY: passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn no_strategy_allocates() {
    let (neurons, degree) = (4096usize, 20usize);
    let mut x = 1u32;
    let mut next = || {
        x = x.wrapping_mul(1664525).wrapping_add(1013904223);
        x >> 8
    };
    let count = neurons * degree;
    let source: Vec<u32> = (0..count).map(|k| (k / degree) as u32).collect();
    let target: Vec<u32> = (0..count).map(|_| next() % neurons as u32).collect();
    let weight: Vec<u8> = (0..count).map(|_| next() as u8).collect();
    let (psp, kind) = (vec![200u8; count], vec![0u8; count]);
    let edges = index::Edges {
        source: &source,
        target: &target,
        weight: &weight,
        psp: &psp,
        kind: &kind,
        valid: None,
    };
    let built = index::build(&edges, neurons, neurons, false, 2);
    let mut column = vec![0i32; neurons];
    for k in 0..count {
        column[target[k] as usize] += i32::from(weight[k]) * 200;
    }
    let mut table = Table {
        sources: neurons as u64,
        targets: neurons as u64,
        synapses: count as u64,
        segments: built.factors.len() as u64,
        layout: built.layout,
        parts: 2,
        words: built.words.as_ptr(),
        weights: std::ptr::null(),
        psp: std::ptr::null(),
        starts: built.starts.as_ptr(),
        factors: built.factors.as_ptr(),
        rows: std::ptr::null(),
        cuts: std::ptr::null(),
        column_sum: column.as_ptr(),
        heads: std::ptr::null(),
    };
    let mut cuts = vec![0u32; built.factors.len()];
    // SAFETY: the table is consistent and there is room for one cut a segment.
    unsafe { index::cut(&table, 2, &mut cuts) };
    table.cuts = cuts.as_ptr();
    let (mut bits, mut list, mut partial) =
        (vec![0u64; neurons / 64], vec![0u32; neurons], vec![0i32; neurons]);
    let mut narrow = vec![0i16; neurons];
    let mut heads = vec![0u64; built.factors.len() + 1];
    // SAFETY: as above.
    assert!(unsafe { heads::fill(&table, &mut heads) });
    let work = Workspace {
        bitmap: bits.as_mut_ptr(),
        list: list.as_mut_ptr(),
        partial: partial.as_mut_ptr(),
        helpers: 1,
        narrow: narrow.as_mut_ptr(),
        unit: 200,
        reserved: 0,
    };
    let fired: Vec<u32> = (0..neurons as u32).step_by(2).collect();
    let mut out = vec![0i32; neurons];
    pool::warm();
    // The workers and the test's own harness settle first.
    std::thread::sleep(std::time::Duration::from_millis(200));
    let mut sums = Vec::with_capacity(40);
    let before = ALLOCATIONS.load(Ordering::SeqCst);
    let mut packed = Table { ..table };
    packed.heads = heads.as_ptr();
    let wide = [PUSH, SOURCE_SPLIT, DESTINATION_SPLIT, COMPLEMENT, DENSE];
    let in_16_bits = [PUSH, DESTINATION_SPLIT, COMPLEMENT, DENSE].map(|strategy| strategy | NARROW);
    for (table, threads) in [(&table, 1), (&table, 2), (&packed, 1), (&packed, 2)] {
        for &strategy in wide.iter().chain(&in_16_bits) {
            for _ in 0..50 {
                // SAFETY: table, workspace and buffer belong together.
                let events = unsafe {
                    propagate(table, &fired, out.as_mut_ptr(), strategy, threads, &work, true)
                };
                assert_eq!(events, (fired.len() * degree) as i64);
            }
            let sum = out.iter().fold(0u64, |sum, &v| sum.wrapping_mul(31).wrapping_add(v as u64));
            sums.push(sum);
        }
    }
    assert_eq!(ALLOCATIONS.load(Ordering::SeqCst), before);
    assert!(sums.iter().all(|&sum| sum == sums[0]), "{sums:?}");
}
