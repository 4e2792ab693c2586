//! Worker threads that wait for bursts: made once, claimed without a lock, never more than the CPU has.
//!
//! A burst is split into parts that the caller and the workers claim one by one, each its own share first; a worker that wakes too late finds
//! nothing to do, and nobody waits for it. When the pool serves another burst already, a burst runs alone.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::OnceLock;
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

const OPEN: u64 = 1 << 15;
const ACTIVE: u64 = OPEN - 1;
const GENERATION: u64 = 1 << 16;
/// How often a worker looks before it goes to sleep: some tens of microseconds.
const LOOKS: u32 = 600;
/// A wait below this costs less than it is worth to look at.
const SHORT: Duration = Duration::from_micros(10);
/// Bursts that run alone before waiting is tried again, at the most.
const MOST_ALONE: u32 = 4096;
/// No more workers than this, whatever the CPU has.
const MOST: usize = 63;

type Job<'a> = dyn Fn(usize, usize) + Sync + 'a;

struct Shared {
    /// generation << 16 | open | workers inside.
    state: AtomicU64,
    busy: AtomicBool,
    next: AtomicUsize,
    /// A bit for each part that somebody has, where there are no more than 64.
    taken: AtomicU64,
    parts: AtomicUsize,
    helpers: AtomicUsize,
    job: UnsafeCell<Option<*const Job<'static>>>,
    process: AtomicU32,
    /// Bursts that still run without workers, and how many the last wait that did not pay cost.
    alone: AtomicU32,
    penalty: AtomicU32,
    asleep: [AtomicBool; MOST],
}

// SAFETY: `job` is written only while `busy` is held and the state is closed.
unsafe impl Sync for Shared {}
// SAFETY: as above.
unsafe impl Send for Shared {}

struct Pool {
    shared: &'static Shared,
    threads: Vec<Thread>,
}

static POOL: OnceLock<Pool> = OnceLock::new();

/// How many threads a burst can use, the caller's included.
pub fn most_threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(MOST + 1)
}

fn pool() -> &'static Pool {
    POOL.get_or_init(|| {
        let shared: &'static Shared = Box::leak(Box::new(Shared {
            state: AtomicU64::new(0),
            busy: AtomicBool::new(false),
            next: AtomicUsize::new(0),
            taken: AtomicU64::new(0),
            parts: AtomicUsize::new(0),
            helpers: AtomicUsize::new(0),
            job: UnsafeCell::new(None),
            process: AtomicU32::new(std::process::id()),
            alone: AtomicU32::new(0),
            penalty: AtomicU32::new(0),
            asleep: [const { AtomicBool::new(false) }; MOST],
        }));
        let threads = (0..most_threads() - 1).filter_map(|number| {
            let name = format!("burst-{number}");
            let made = thread::Builder::new().name(name).stack_size(1 << 18);
            made.spawn(move || work(shared, number)).ok().map(|handle| handle.thread().clone())
        });
        Pool { shared, threads: threads.collect() }
    })
}

/// Makes the threads, so that no burst has to.
pub fn warm() {
    let _ = pool();
}

fn work(shared: &'static Shared, number: usize) {
    let mut seen = 0;
    let mut looks = 0;
    loop {
        let state = shared.state.load(Ordering::Acquire);
        let generation = state / GENERATION;
        let wanted = number < shared.helpers.load(Ordering::Relaxed);
        if state & OPEN != 0 && generation != seen && wanted {
            let entered = shared.state.compare_exchange(
                state,
                state + 1,
                Ordering::AcqRel,
                Ordering::Relaxed,
            );
            if entered.is_ok() {
                seen = generation;
                // SAFETY: the caller waits for everybody who is inside.
                let job = unsafe { (*shared.job.get()).map(|job| &*job) };
                if let Some(job) = job {
                    claim(shared, job, number + 1);
                }
                shared.state.fetch_sub(1, Ordering::Release);
                looks = 0;
            }
            continue;
        }
        looks += 1;
        if looks < LOOKS {
            std::hint::spin_loop();
            continue;
        }
        looks = 0;
        shared.asleep[number].store(true, Ordering::SeqCst);
        let now = shared.state.load(Ordering::SeqCst);
        if now & OPEN == 0 || now / GENERATION == seen {
            thread::park();
        }
        shared.asleep[number].store(false, Ordering::SeqCst);
    }
}

fn claim(shared: &Shared, job: &Job<'_>, worker: usize) {
    let parts = shared.parts.load(Ordering::Relaxed);
    if parts <= 64 {
        return claim_near(shared, job, worker, parts);
    }
    loop {
        let part = shared.next.fetch_add(1, Ordering::Relaxed);
        if part >= parts {
            return;
        }
        job(part, worker);
    }
}

/// Everybody begins with the same share in every burst, so what it touched is in the cache of its core; then takes what is
/// left of the others'.
fn claim_near(shared: &Shared, job: &Job<'_>, worker: usize, parts: usize) {
    let threads = shared.helpers.load(Ordering::Relaxed) + 1;
    let first = worker * parts / threads;
    for part in (first..parts).chain(0..first) {
        let bit = 1u64 << part;
        let free = shared.taken.load(Ordering::Relaxed) & bit == 0;
        if free && shared.taken.fetch_or(bit, Ordering::Relaxed) & bit == 0 {
            job(part, worker);
        }
    }
}

/// Runs `job(part, worker)` for all parts on at most `threads` threads; worker 0 is the caller.
///
/// The job must not panic. Which worker gets which part differs from run to run. Where waiting for a worker took longer
/// than the caller's own share, because the CPU is busy with others, the next bursts run alone: as many as the time that was
/// lost is worth, and twice as many, up to 4,096, whenever it happens again.
pub fn run(threads: usize, parts: usize, job: &Job<'_>) {
    let alone = || (0..parts).for_each(|part| job(part, 0));
    if threads < 2 || parts < 2 {
        return alone();
    }
    let pool = pool();
    let shared = pool.shared;
    // After a fork the workers are not there.
    let here = shared.process.load(Ordering::Relaxed) == std::process::id();
    if !here || pool.threads.is_empty() || shared.busy.swap(true, Ordering::Acquire) {
        return alone();
    }
    let waits = shared.alone.load(Ordering::Relaxed);
    if waits > 0 {
        shared.alone.store(waits - 1, Ordering::Relaxed);
        shared.busy.store(false, Ordering::Release);
        return alone();
    }
    let began = Instant::now();
    // SAFETY: busy is held and the state is closed: nobody reads the job. Its lifetime is made longer only until the
    // wait below, behind which no worker is inside.
    unsafe {
        let longer: *const Job<'static> = std::mem::transmute(job as *const Job<'_>);
        *shared.job.get() = Some(longer);
    }
    shared.next.store(0, Ordering::Relaxed);
    shared.taken.store(0, Ordering::Relaxed);
    shared.parts.store(parts, Ordering::Relaxed);
    shared.helpers.store(threads - 1, Ordering::Relaxed);
    let generation = shared.state.load(Ordering::Relaxed) / GENERATION + 1;
    shared.state.store((generation * GENERATION) | OPEN, Ordering::SeqCst);
    for (number, thread) in pool.threads.iter().enumerate().take(threads - 1) {
        if shared.asleep[number].load(Ordering::SeqCst) {
            thread.unpark();
        }
    }
    claim(shared, job, 0);
    let own = began.elapsed();
    shared.state.fetch_and(!OPEN, Ordering::AcqRel);
    let mut waits = 0u32;
    while shared.state.load(Ordering::Acquire) & ACTIVE != 0 {
        waits += 1;
        if waits < 2_000 {
            std::hint::spin_loop();
        } else if waits < 2_050 {
            thread::yield_now();
        } else {
            // The worker lost its CPU to somebody; it may be waiting for ours.
            thread::sleep(Duration::from_micros(20));
        }
    }
    let penalty = shared.penalty.load(Ordering::Relaxed);
    let waited = began.elapsed().saturating_sub(own);
    let lost = waited > own.max(SHORT);
    let penalty = if lost { longer(penalty, waited, own) } else { penalty / 2 };
    shared.penalty.store(penalty, Ordering::Relaxed);
    if lost {
        shared.alone.store(penalty, Ordering::Relaxed);
    }
    shared.busy.store(false, Ordering::Release);
}

/// For how many bursts nobody is waited for, after a wait that did not pay.
fn longer(penalty: u32, waited: Duration, own: Duration) -> u32 {
    let worth = waited.as_nanos() / own.max(SHORT).as_nanos();
    penalty.saturating_mul(2).max(u32::try_from(worth).unwrap_or(MOST_ALONE)).clamp(1, MOST_ALONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_costs_as_many_bursts_alone_as_it_was_long() {
        let of = Duration::from_micros;
        assert_eq!(longer(0, of(3_000), of(2_500)), 1);
        assert_eq!(longer(1, of(3_000), of(2_500)), 2);
        assert_eq!(longer(0, of(3_000), of(30)), 100);
        assert_eq!(longer(4_000, of(3_000), of(2_500)), MOST_ALONE);
        assert_eq!(longer(0, Duration::from_secs(3_600), of(0)), MOST_ALONE);
    }

    #[test]
    fn every_part_is_done_once() {
        for round in 1..400usize {
            let parts = if round % 8 == 0 { 60 + round % 9 } else { round % 7 };
            let done: Vec<AtomicUsize> = (0..parts).map(|_| AtomicUsize::new(0)).collect();
            run(1 + round % 3, parts, &|part, worker| {
                assert!(worker < 3);
                done[part].fetch_add(1, Ordering::Relaxed);
            });
            assert!(done.iter().all(|count| count.load(Ordering::Relaxed) == 1));
        }
    }

    #[test]
    fn bursts_of_several_threads_do_not_wait_for_each_other() {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let sum = AtomicUsize::new(0);
                        run(2, 5, &|part, _| {
                            sum.fetch_add(part, Ordering::Relaxed);
                        });
                        assert_eq!(sum.load(Ordering::Relaxed), 10);
                    }
                });
            }
        });
    }
}
