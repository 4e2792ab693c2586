//! Reading of access logs without copying a byte.

/// One line: `ADDRESS METHOD PATH STATUS BYTES`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit<'log> {
    pub address: &'log str,
    pub method: &'log str,
    pub path: &'log str,
    pub status: u16,
    pub bytes: u64,
}

/// Read one line; None when it has another form.
pub fn parse(line: &str) -> Option<Hit<'_>> {
    let mut fields = line.split_ascii_whitespace();
    let hit = Hit {
        address: fields.next()?,
        method: fields.next()?,
        path: fields.next()?,
        status: fields.next()?.parse().ok()?,
        bytes: fields.next()?.parse().ok()?,
    };
    fields.next().is_none().then_some(hit)
}

/// The heavier one of two hits; the first when they are equal.
pub fn heavier(first: Hit, second: Hit) -> Hit {
    if second.bytes > first.bytes { second } else { first }
}

/// The path of the heaviest successful hit.
pub fn heaviest_path(log: &str) -> Option<&str> {
    let mut hits = log.lines().filter_map(parse).filter(|hit| hit.status == 200);
    let first = hits.next()?;
    Some(hits.fold(first, |best, hit| heavier(best, hit)).path)
}

/// Bytes sent to `address`.
pub fn traffic(log: &str, address: &str) -> u64 {
    log.lines().filter_map(parse).filter(|hit| hit.address == address).map(|hit| hit.bytes).sum()
}
