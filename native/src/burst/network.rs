//! A running network: whole bursts without a return to the caller.

use std::ffi::c_void;
use std::slice;
use std::sync::atomic::{AtomicU32, Ordering};

use super::current::{self, CurrentClass, Currents, Real};
use super::few::{self, few};
use super::lif::{self, Class, Moment, Potential, Run, Stretch};
use super::narrow::widen;
use super::pool;
use super::propagate::{
    propagate, Start, Workspace, COMPLEMENT, DESTINATION_SPLIT, LATER, NARROW, PUSH,
};
use super::table::Table;

pub const LIF_FLOAT: u32 = 0;
pub const LIF_FIXED: u32 = 1;
pub const CURRENTS: u32 = 2;
pub const CURRENTS_SINGLE: u32 = 3;

/// Neurons from which the dynamics are worth a second thread; those with currents are four times the work.
const WORTH_THREADS: usize = 1 << 17;
/// Neurons of a stretch whose potentials don't stay in the cache.
const FAR: usize = 1 << 16;
const CURRENTS_WORTH_THREADS: usize = 1 << 15;

/// A table, when its events arrive, and from how many fired neurons on which strategy pays.
#[repr(C)]
pub struct Projection {
    pub table: *const Table,
    pub work: *const Workspace,
    /// Bursts from a spike to its arrival, at least 1.
    pub delay: u32,
    pub split_from: u32,
    pub complement_from: u32,
    /// From how many rows on sums in 16 bits pay.
    pub narrow_from: u32,
}

/// Everything a burst reads and writes; the caller owns all arrays.
#[repr(C)]
pub struct Network {
    pub neurons: u64,
    pub projections: *const Projection,
    pub projection_count: u64,
    /// An accumulator a neuron; with currents one for excitation each, then one for inhibition each.
    pub input: *mut i32,
    pub potential: *mut c_void,
    pub excitatory: *mut c_void,
    pub inhibitory: *mut c_void,
    pub rest: *mut u16,
    pub spikes: *mut u16,
    pub runs: *const Run,
    pub run_count: u64,
    pub classes: *const c_void,
    /// `depth` times `neurons` ids; the burst b writes to slot b modulo depth.
    pub queue: *mut u32,
    pub queue_lengths: *mut u32,
    /// `window` times a bit a neuron.
    pub ledger: *mut u64,
    pub burst: u64,
    pub seed: u64,
    pub events: u64,
    pub depth: u32,
    pub window: u32,
    pub model: u32,
    pub candidates: u32,
    pub threads: u32,
    /// Whether any input is not 0 besides what `arrive` brings; the dynamics set it to 0.
    pub injected: u32,
}

#[derive(Clone, Copy)]
struct View(*const Network);
// SAFETY: parts of a burst touch different neurons.
unsafe impl Sync for View {}

impl View {
    fn net(&self) -> &Network {
        // SAFETY: the network outlives the burst.
        unsafe { &*self.0 }
    }
}

impl Network {
    fn slot(&self, burst: u64) -> usize {
        (burst % u64::from(self.depth)) as usize
    }

    /// # Safety
    /// The queue is as large as the fields say.
    pub(super) unsafe fn fired_at(&self, burst: u64) -> &[u32] {
        let slot = self.slot(burst);
        // SAFETY: as promised.
        unsafe {
            let length = *self.queue_lengths.add(slot) as usize;
            slice::from_raw_parts(self.queue.add(slot * self.neurons as usize), length)
        }
    }
}

/// The events that arrive in this burst, added to the input.
///
/// # Safety
/// The network is consistent.
pub unsafe fn arrive(net: &mut Network) -> i64 {
    // SAFETY: as promised.
    unsafe { bring(net, &mut None) }
}

/// Sums in 16 bits that are a burst's whole input, and that its dynamics take from where they are.
#[derive(Clone, Copy)]
struct Waiting {
    sums: *mut i16,
    unit: i32,
}
// SAFETY: parts of a burst take different sums.
unsafe impl Sync for Waiting {}

/// One burst; the number that fired, or a negative code.
///
/// # Safety
/// The network is consistent.
pub unsafe fn burst(net: &mut Network) -> i64 {
    let mut waiting = None;
    if net.model >= CURRENTS && net.injected == 0 {
        // SAFETY: as promised.
        unsafe {
            if let Some(events) = few(net) {
                net.events += events;
                return take(net, None, events != 0);
            }
        }
    }
    // Input that comes by one way and meets no other need not be made 32 bits wide in memory.
    let alone = net.model < CURRENTS && net.injected == 0 && net.projection_count == 1;
    // SAFETY: as promised.
    unsafe {
        let events = if alone { bring(net, &mut Some(&mut waiting)) } else { arrive(net) };
        if events < 0 {
            return events;
        }
        take(net, waiting, false)
    }
}

/// `arrive`; where `leave` is given, sums may be left in 16 bits, and are then said there.
unsafe fn bring(net: &mut Network, leave: &mut Option<&mut Option<Waiting>>) -> i64 {
    let mut events = 0;
    for k in 0..net.projection_count as usize {
        // SAFETY: as promised.
        let (way, table, work) = unsafe {
            let way = &*net.projections.add(k);
            (way, &*way.table, &*way.work)
        };
        if net.burst < u64::from(way.delay) {
            continue;
        }
        // SAFETY: the depth of the queue is more than any delay.
        let ids = unsafe { net.fired_at(net.burst - u64::from(way.delay)) };
        if ids.is_empty() {
            continue;
        }
        let count = ids.len() as u64;
        let strategy = match count {
            n if n >= u64::from(way.complement_from) => COMPLEMENT,
            n if n >= u64::from(way.split_from) => DESTINATION_SPLIT,
            _ => PUSH,
        };
        let rows = if strategy == COMPLEMENT { table.sources - count } else { count };
        let mut strategy =
            if rows >= u64::from(way.narrow_from) { strategy | NARROW } else { strategy };
        if let (true, Some(waiting)) = (strategy & NARROW != 0, leave.as_mut()) {
            if strategy & !NARROW != COMPLEMENT {
                strategy |= LATER;
                **waiting = Some(Waiting { sums: work.narrow, unit: work.unit });
            }
        }
        // SAFETY: as promised.
        let done = unsafe {
            propagate(table, ids, net.input, strategy, net.threads as usize, work, false)
        };
        if done < 0 {
            return done;
        }
        events += done;
    }
    if net.model >= CURRENTS {
        net.injected = 1;
    }
    net.events += events as u64;
    events
}

/// The dynamics of a burst: who fires is put into queue and ledger, and the burst is over. The number that fired.
///
/// # Safety
/// The network is consistent.
pub unsafe fn fire(net: &mut Network) -> i64 {
    // SAFETY: as promised.
    unsafe { take(net, None, false) }
}

/// `fire`, with the input that waits in 16 bits; `bring`: few events arrive first, each part's own.
unsafe fn take(net: &mut Network, waiting: Option<Waiting>, bring: bool) -> i64 {
    let neurons = net.neurons as usize;
    let slot = net.slot(net.burst);
    let view = View(net);
    // SAFETY: as promised.
    let queue = unsafe { net.queue.add(slot * neurons) };
    let worth = if net.model >= CURRENTS { CURRENTS_WORTH_THREADS } else { WORTH_THREADS };
    let threads = if neurons >= worth { net.threads as usize } else { 1 };
    let parts = if threads > 1 { (threads * 2).min(64) } else { 1 };
    let counts = [const { AtomicU32::new(0) }; 64];
    let low = |part: usize| if part == parts { neurons } else { neurons / 64 * part / parts * 64 };
    let target = Target(queue);
    pool::run(threads, parts, &|part, _| {
        let (net, low, high) = (view.net(), low(part), low(part + 1));
        // SAFETY: parts do not overlap, and each writes its ids to its own stretch of the queue.
        let count = unsafe {
            match (bring, net.model) {
                (false, _) => {}
                (true, CURRENTS) => few::bring::<f64>(net, low, high),
                (true, _) => few::bring::<f32>(net, low, high),
            }
            part_of(net, low, high, target.at(low), waiting)
        };
        counts[part].store(count as u32, Ordering::Relaxed);
    });
    let mut total = counts[0].load(Ordering::Relaxed) as usize;
    for (part, count) in counts.iter().enumerate().take(parts).skip(1) {
        let count = count.load(Ordering::Relaxed) as usize;
        // SAFETY: both lie in the slot.
        unsafe { std::ptr::copy(queue.add(low(part)), queue.add(total), count) };
        total += count;
    }
    // SAFETY: as promised.
    unsafe {
        *net.queue_lengths.add(slot) = total as u32;
        record(net, slice::from_raw_parts(queue, total));
    }
    net.burst += 1;
    net.injected = 0;
    total as i64
}

#[derive(Clone, Copy)]
struct Target(*mut u32);
// SAFETY: parts write to different stretches.
unsafe impl Sync for Target {}
impl Target {
    fn at(self, offset: usize) -> *mut u32 {
        self.0.wrapping_add(offset)
    }
}

unsafe fn record(net: &Network, fired: &[u32]) {
    if net.window == 0 {
        return;
    }
    let words = net.neurons.div_ceil(64) as usize;
    let frame = (net.burst % u64::from(net.window)) as usize;
    // SAFETY: the ledger has window times words.
    let bits = unsafe { slice::from_raw_parts_mut(net.ledger.add(frame * words), words) };
    bits.fill(0);
    for &id in fired {
        bits[id as usize >> 6] |= 1 << (id & 63);
    }
}

unsafe fn part_of(
    net: &Network,
    low: usize,
    high: usize,
    out: *mut u32,
    waiting: Option<Waiting>,
) -> usize {
    // SAFETY: as promised by the callers, all through.
    let runs = unsafe { slice::from_raw_parts(net.runs, net.run_count as usize) };
    let first = runs.partition_point(|run| run.end as usize <= low);
    let mut count = 0;
    for run in &runs[first..] {
        let (begin, end) = ((run.begin as usize).max(low), (run.end as usize).min(high));
        if begin >= end {
            break;
        }
        let class = run.class as usize;
        count += unsafe {
            let fired = slice::from_raw_parts_mut(out.add(count), high - low - count);
            match net.model {
                LIF_FLOAT => lif_part::<f64>(net, begin, end, class, fired, waiting),
                LIF_FIXED => lif_part::<i32>(net, begin, end, class, fired, waiting),
                CURRENTS => current_part::<f64>(net, begin, end, class, fired),
                _ => current_part::<f32>(net, begin, end, class, fired),
            }
        };
    }
    count
}

/// Neurons whose input is made 32 bits wide at a time: it stays in the nearest cache.
const PIECE: usize = 2048;

unsafe fn lif_part<P: Potential>(
    net: &Network,
    begin: usize,
    end: usize,
    class: usize,
    fired: &mut [u32],
    waiting: Option<Waiting>,
) -> usize {
    let now = Moment { burst: net.burst, seed: net.seed, candidates: net.candidates != 0 };
    // SAFETY: as promised by the callers.
    let class = unsafe { &*net.classes.cast::<Class>().add(class) };
    let of = |begin: usize, length: usize, input: *mut i32| unsafe {
        Stretch {
            first: begin as u32,
            input: slice::from_raw_parts_mut(input, length),
            potential: slice::from_raw_parts_mut(net.potential.cast::<P>().add(begin), length),
            rest: slice::from_raw_parts_mut(net.rest.add(begin), length),
            spikes: slice::from_raw_parts_mut(net.spikes.add(begin), length),
        }
    };
    let far = end - begin >= FAR;
    let Some(waiting) = waiting else {
        let input = net.input.wrapping_add(begin);
        return lif::stretch(of(begin, end - begin, input), class, now, far, fired);
    };
    let mut input = [0i32; PIECE];
    let mut count = 0;
    for from in (begin..end).step_by(PIECE) {
        let length = PIECE.min(end - from);
        // SAFETY: as promised by the callers.
        let sums = unsafe { slice::from_raw_parts_mut(waiting.sums.add(from), length) };
        widen(sums, waiting.unit, Start::Zero, &[], &mut input[..length]);
        let piece = of(from, length, input.as_mut_ptr());
        count += lif::stretch(piece, class, now, far, &mut fired[count..]);
    }
    count
}

unsafe fn current_part<R: Real>(
    net: &Network,
    begin: usize,
    end: usize,
    class: usize,
    fired: &mut [u32],
) -> usize {
    let (length, neurons) = (end - begin, net.neurons as usize);
    // SAFETY: as promised by the callers.
    unsafe {
        let class = &*net.classes.cast::<CurrentClass>().add(class);
        let stretch = Currents {
            first: begin as u32,
            input_excitatory: slice::from_raw_parts_mut(net.input.add(begin), length),
            input_inhibitory: slice::from_raw_parts_mut(net.input.add(neurons + begin), length),
            has_input: net.injected != 0,
            backward: net.burst & 1 != 0,
            potential: slice::from_raw_parts_mut(net.potential.cast::<R>().add(begin), length),
            excitatory: slice::from_raw_parts_mut(net.excitatory.cast::<R>().add(begin), length),
            inhibitory: slice::from_raw_parts_mut(net.inhibitory.cast::<R>().add(begin), length),
            rest: slice::from_raw_parts_mut(net.rest.add(begin), length),
        };
        current::stretch(stretch, class, fired)
    }
}
