use super::batch::{Batch, Batched};
use super::matrix::{Sliced, WIDTH};
use super::real::Real;
use super::single::{Run, Single};

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        self.0 >> 33
    }

    fn unit(&mut self) -> f64 {
        self.next() as f64 / f64::from(1u32 << 30) - 1.0
    }
}

fn weights(rows: usize, slots: usize, grouped: bool) -> (Vec<u32>, Vec<u16>, Vec<f64>) {
    let mut random = Random(rows as u64);
    let slices = rows.div_ceil(WIDTH);
    let starts = (0..=slices).map(|k| (k * slots) as u32).collect();
    let each = Sliced::<f64>::columns_of_slot(grouped);
    let columns =
        (0..slices * slots * each).map(|_| (random.next() as usize % rows) as u16).collect();
    let scale = 0.8 / slots as f64;
    let values = (0..slices * slots * WIDTH).map(|_| random.unit() * scale).collect();
    (starts, columns, values)
}

fn drive(cells: usize) -> Vec<f64> {
    let mut random = Random(7);
    (0..cells).map(|_| random.unit()).collect()
}

#[test]
fn tanh_is_good_near_nought_and_far_away() {
    let mut worst = 0.0f64;
    for k in -40_000..=40_000 {
        let x = f64::from(k) * 6e-4;
        let (exact, ours) = (x.tanh(), x.tanh_fast::<false>());
        worst = worst.max((ours - exact).abs() / exact.abs().max(1e-300));
        let narrow = f64::from((x as f32).tanh_fast::<false>());
        assert!((narrow - f64::from(x as f32).tanh()).abs() <= 3e-7 * exact.abs(), "{x}");
    }
    assert!(worst < 1e-15, "{worst}");
    assert_eq!(0f64.tanh_fast::<false>(), 0.0);
    assert!(1e-300f64.tanh_fast::<false>() > 0.0);
    assert!(f64::NAN.tanh_fast::<false>().is_nan());
    assert_eq!(f64::INFINITY.tanh_fast::<false>(), 1.0);
}

#[test]
fn vector_code_agrees_with_plain_code() {
    for grouped in [false, true] {
        for rows in [4, 13, 64, 100] {
            if grouped && rows % 4 != 0 {
                continue;
            }
            let (starts, columns, values) = weights(rows, 5, grouped);
            let matrix = Sliced::new(rows, &starts, &columns, &values, grouped).unwrap();
            let stride = rows + 3;
            let (mut a, mut b) = (drive(20 * stride), drive(20 * stride));
            let (mut s, mut t) = (drive(rows), drive(rows));
            f64::run(&matrix, Run { leak: 0.3, state: &mut s, out: &mut a, stride });
            f64::run_plain(&matrix, Run { leak: 0.3, state: &mut t, out: &mut b, stride });
            for (x, y) in a.iter().chain(&s).zip(b.iter().chain(&t)) {
                assert!((x - y).abs() < 1e-14, "{x} {y}");
            }
        }
    }
}

#[test]
fn a_batch_gives_what_its_sequences_give_alone() {
    for (sequences, rows, grouped) in [
        (2, 21, false),
        (5, 20, true),
        (33, 21, false),
        (70, 20, true),
        (33, 420, true),
        (20, 333, false),
    ] {
        let (steps, stride) = (6, rows + 1);
        let (starts, columns, values) = weights(rows, 4, grouped);
        let matrix = Sliced::new(rows, &starts, &columns, &values, grouped).unwrap();
        let (mut a, mut b) = (drive(sequences * steps * stride), drive(sequences * steps * stride));
        let (mut s, mut t) = (drive(sequences * rows), drive(sequences * rows));
        let run = Run { leak: 0.7, state: &mut s, out: &mut a, stride };
        let narrow = |wide: &[f64]| wide.iter().map(|&x| x as f32).collect::<Vec<f32>>();
        let thin = narrow(&values);
        let thin = Sliced::new(rows, &starts, &columns, &thin, grouped).unwrap();
        let (mut a32, mut s32) = (narrow(run.out), narrow(run.state));
        let run32 = Run { leak: 0.7, state: &mut s32, out: &mut a32, stride };
        f32::run_batch(&thin, Batch { run: run32, sequences, steps, apart: steps * stride });
        f64::run_batch(&matrix, Batch { run, sequences, steps, apart: steps * stride });
        for k in 0..sequences {
            let out = &mut b[k * steps * stride..(k + 1) * steps * stride];
            let state = &mut t[k * rows..(k + 1) * rows];
            f64::run_plain(&matrix, Run { leak: 0.7, state, out, stride });
        }
        for (x, y) in a32.iter().zip(&a) {
            assert!((f64::from(*x) - y).abs() < 1e-5, "{x} {y}");
        }
        for (x, y) in a.iter().chain(&s).zip(b.iter().chain(&t)) {
            assert!((x - y).abs() < 1e-14, "{x} {y}");
        }
    }
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let (starts, mut columns, values) = weights(16, 3, false);
    assert!(Sliced::new(16, &starts, &columns, &values, false).is_ok());
    assert!(Sliced::new(16, &starts, &columns, &values, true).is_err());
    assert!(Sliced::new(17, &starts, &columns, &values, false).is_err());
    assert!(Sliced::new(0, &[0], &[], &[] as &[f64], false).is_err());
    assert!(Sliced::new(16, &starts, &columns[1..], &values, false).is_err());
    assert!(Sliced::new(16, &[3, 0, 6], &columns, &values, false).is_err());
    columns[5] = 16;
    assert!(Sliced::new(16, &starts, &columns, &values, false).is_err());
    let (starts, columns, values) = weights(18, 3, true);
    assert!(Sliced::new(18, &starts, &columns, &values, true).is_err());
}
