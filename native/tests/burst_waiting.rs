//! A burst that had to wait for a slow worker is followed by bursts that don't ask for one.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

use rusta_native::burst::pool;

#[test]
fn who_waited_in_vain_goes_on_alone_for_a_while() {
    if pool::most_threads() < 2 {
        return;
    }
    pool::warm();
    let mut waited = false;
    for _ in 0..1000 {
        let helped = AtomicBool::new(false);
        pool::run(2, 2, &|_, worker| {
            if worker == 0 {
                // Time for the other to take a part.
                sleep(Duration::from_millis(1));
            } else {
                helped.store(true, Ordering::Relaxed);
                sleep(Duration::from_millis(20));
            }
        });
        waited = helped.load(Ordering::Relaxed);
        if waited {
            break;
        }
    }
    assert!(waited, "the worker never took a part");
    let (parts, helpers) = (AtomicUsize::new(0), AtomicUsize::new(0));
    for _ in 0..16 {
        pool::run(2, 4, &|_, worker| {
            parts.fetch_add(1, Ordering::Relaxed);
            helpers.fetch_add(worker, Ordering::Relaxed);
        });
    }
    assert_eq!(parts.load(Ordering::Relaxed), 64);
    assert_eq!(helpers.load(Ordering::Relaxed), 0);
}
