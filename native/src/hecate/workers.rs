//! Splitting independent pieces of work over a few threads.

/// Most threads a kernel uses.
pub const MOST: usize = 16;

/// Runs `work(from, to)` over the parts of 0..count, one part per thread.
pub fn split(count: usize, threads: usize, work: impl Fn(usize, usize) + Sync) {
    let threads = threads.clamp(1, MOST).min(count.max(1));
    if threads == 1 {
        return work(0, count);
    }
    let bounds = |part: usize| count * part / threads;
    std::thread::scope(|scope| {
        for part in 1..threads {
            let work = &work;
            scope.spawn(move || work(bounds(part), bounds(part + 1)));
        }
        work(0, bounds(1));
    });
}
