//! What the Python side calls of `learning`.

use super::abi::part;
use super::learning::{grow, shrink, window, Learner, Traces};
use crate::abi::{guard, Error};

unsafe fn checked<'a>(learner: *const Learner) -> Result<&'a Learner, Error> {
    // SAFETY: the caller vouches for the pointer.
    let found = unsafe { learner.as_ref() }.ok_or(Error::BadArgument)?;
    // SAFETY: the table outlives the call.
    let table = unsafe { found.table.as_ref() }.filter(|t| t.plausible());
    let table = table.ok_or(Error::BadArgument)?;
    let missing = found.residue.is_null() || found.mine.is_null() || found.byte_starts.is_null();
    if missing && table.synapses != 0 {
        return Err(Error::BadArgument);
    }
    Ok(found)
}

/// What the spikes of a burst do to the synapses of a learner by pairs: first all that shrinks, then all that grows.
///
/// # Safety
/// As `learning::shrink` and `learning::grow`.
#[no_mangle]
#[allow(clippy::too_many_arguments)]
pub unsafe extern "C" fn rusta_burst_pair(
    learner: *const Learner,
    fired: *const u32,
    count: u64,
    burst: i64,
    sender: *const Traces,
    receiver: *const Traces,
    plus: i64,
    minus: i64,
) -> i64 {
    guard(|| {
        // SAFETY: as promised by the caller.
        unsafe {
            let learner = checked(learner)?;
            let fired = part(fired, count as usize)?;
            let (sender, receiver) = (sender.as_ref(), receiver.as_ref());
            let sender = sender.ok_or(Error::BadArgument)?;
            let receiver = receiver.ok_or(Error::BadArgument)?;
            shrink(learner, fired, receiver, minus, burst);
            grow(learner, fired, sender, plus, burst);
        }
        Ok(0)
    })
}

/// What the last bursts do to the synapses of a learner by the window rule.
///
/// # Safety
/// As `learning::window`; `some` and `each` have `neurons` elements, `active` has `count`.
#[no_mangle]
#[allow(clippy::too_many_arguments)]
pub unsafe extern "C" fn rusta_burst_window(
    learner: *const Learner,
    active: *const u32,
    count: u64,
    some: *const u8,
    each: *const u8,
    neurons: u64,
    up: i64,
    down: i64,
) -> i64 {
    guard(|| {
        // SAFETY: as promised by the caller.
        unsafe {
            let (some, each) = (part(some, neurons as usize)?, part(each, neurons as usize)?);
            window(checked(learner)?, part(active, count as usize)?, some, each, (up, down));
        }
        Ok(0)
    })
}
