//! Few events for neurons with currents: every part of a burst brings those of its own neurons just before it steps them.
//!
//! Nothing is then touched by two cores, and no input is looked at that is 0.

use std::ops::Range;
use std::slice;

use super::current::{CurrentClass, Real};
use super::lif::Run;
use super::network::{Network, Projection};
use super::table::{prefetch, Layout, Table};
use crate::with_layout;

/// Below one event in so many neurons it is cheaper to visit their targets twice than to look at every input.
const FEW: u64 = 4;
/// Words of a row that one cache line holds.
const LINE: usize = 16;

/// The projections that bring something in this burst, with who fired for them.
unsafe fn due(net: &Network) -> impl Iterator<Item = (&Projection, &[u32])> {
    (0..net.projection_count as usize).filter_map(move |k| {
        // SAFETY: as promised by the callers: the network is consistent.
        unsafe {
            let way = &*net.projections.add(k);
            let sent = net.burst.checked_sub(u64::from(way.delay))?;
            Some((way, net.fired_at(sent)))
        }
    })
}

/// The words of a row.
unsafe fn row(table: &Table, id: u32) -> Range<usize> {
    // SAFETY: as promised by the callers: id is a source of the table.
    unsafe {
        let (first, after) = table.segments_of(id as usize);
        *table.starts.add(first) as usize..*table.starts.add(after) as usize
    }
}

/// How many events this burst brings, where they are few; none where they are many or an id is no source.
///
/// # Safety
/// The network is consistent.
pub unsafe fn few(net: &Network) -> Option<u64> {
    let mut events = 0u64;
    // SAFETY: as promised by the caller; ids are looked at before their rows are.
    for (way, ids) in unsafe { due(net) } {
        let table = unsafe { &*way.table };
        for &id in ids {
            if u64::from(id) >= table.sources {
                return None;
            }
            events += unsafe { row(table, id) }.len() as u64;
            if events * FEW >= net.neurons {
                return None;
            }
        }
    }
    Some(events)
}

/// Adds the events for the neurons from `low` to `high` to their currents: what a burst brings a neuron as one sum.
///
/// # Safety
/// The network is consistent, `few` allowed it, all input of these neurons is 0, and nobody else touches them.
pub unsafe fn bring<R: Real>(net: &Network, low: usize, high: usize) {
    // SAFETY: as promised by the caller, all through.
    unsafe {
        for (way, ids) in due(net) {
            let table = &*way.table;
            for &id in ids {
                row(table, id).step_by(LINE).for_each(|at| prefetch(table.words.wrapping_add(at)));
            }
        }
        for (way, ids) in due(net) {
            let table = &*way.table;
            with_layout!(table, layout => add(net, table, layout, ids, low..high));
        }
        for (way, ids) in due(net) {
            hand_on::<R>(net, &*way.table, ids, low..high);
        }
    }
}

/// The events of the rows `ids` for some neurons, added to their input.
unsafe fn add<L: Layout>(net: &Network, table: &Table, layout: L, ids: &[u32], own: Range<usize>) {
    let neurons = net.neurons as usize;
    // SAFETY: as promised by the callers, all through.
    unsafe {
        for &id in ids {
            let (first, after) = table.segments_of(id as usize);
            for segment in first..after {
                let factor = *table.factors.add(segment);
                for piece in pieces(table, segment, neurons, &own) {
                    for position in piece {
                        let (port, contribution) = layout.event(position, factor);
                        let input = net.input.add(port);
                        *input = (*input).wrapping_add(contribution);
                    }
                }
            }
        }
    }
}

/// Empties the input of the targets of `ids` into their currents; a second visit of a target finds 0.
unsafe fn hand_on<R: Real>(net: &Network, table: &Table, ids: &[u32], own: Range<usize>) {
    let neurons = net.neurons as usize;
    // SAFETY: as promised by the callers, all through.
    unsafe {
        for &id in ids {
            let (first, after) = table.segments_of(id as usize);
            for segment in first..after {
                let [excites, inhibits] = pieces(table, segment, neurons, &own);
                for position in excites {
                    let port = port_at(table, position);
                    move_input::<R, false>(net, port, port);
                }
                for position in inhibits {
                    let port = port_at(table, position);
                    move_input::<R, true>(net, port, port - neurons);
                }
            }
        }
    }
}

#[inline(always)]
unsafe fn move_input<R: Real, const INHIBITS: bool>(net: &Network, port: usize, neuron: usize) {
    // SAFETY: as promised by the callers, all through.
    unsafe {
        let input = std::mem::take(&mut *net.input.add(port));
        if input == 0 {
            return;
        }
        let runs: &[Run] = slice::from_raw_parts(net.runs, net.run_count as usize);
        let run = if runs.len() == 1 {
            0
        } else {
            runs.partition_point(|run| run.end as usize <= neuron)
        };
        let class = &*net.classes.cast::<CurrentClass>().add(runs[run].class as usize);
        let (current, gain) = if INHIBITS {
            (net.inhibitory, class.gain_inhibitory)
        } else {
            (net.excitatory, class.gain_excitatory)
        };
        let current = current.cast::<R>().add(neuron);
        *current = *current + R::whole(input) * R::of(gain);
    }
}

/// What a synapse reaches: the excitation of a neuron, or from `neurons` on the inhibition of one.
#[inline(always)]
unsafe fn port_at(table: &Table, position: usize) -> usize {
    let shift = if table.layout == 2 { 0 } else { 8 };
    // SAFETY: as promised by the callers.
    unsafe { (*table.words.add(position) >> shift) as usize }
}

/// Where in a segment the excitations of the neurons `own` stand, and where their inhibitions: it is sorted by port.
#[inline(always)]
unsafe fn pieces(
    table: &Table,
    segment: usize,
    neurons: usize,
    own: &Range<usize>,
) -> [Range<usize>; 2] {
    // SAFETY: as promised by the callers.
    let (begin, end) =
        unsafe { (*table.starts.add(segment) as usize, *table.starts.add(segment + 1) as usize) };
    [own.clone(), own.start + neurons..own.end + neurons].map(|ports| {
        // SAFETY: positions of the table.
        unsafe {
            let from = first_from(table, begin, end, ports.start);
            from..first_from(table, from, end, ports.end)
        }
    })
}

/// The first position from `begin` on whose port is not below `port`; `end` when there is none.
#[inline(always)]
unsafe fn first_from(table: &Table, begin: usize, end: usize, port: usize) -> usize {
    // SAFETY: as promised by the callers.
    unsafe {
        if begin == end || port_at(table, begin) >= port {
            return begin;
        }
        if port_at(table, end - 1) < port {
            return end;
        }
        let (mut low, mut length) = (begin, end - begin);
        while length > 1 {
            let half = length / 2;
            low = if port_at(table, low + half) < port { low + half } else { low };
            length -= half;
        }
        low + 1
    }
}
