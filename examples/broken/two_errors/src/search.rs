use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::graph::Graph;

/// A way and its length.
#[derive(Debug, PartialEq, Eq)]
pub struct Way {
    pub places: Vec<String>,
    pub length: u32,
}

/// The shortest way between two places (Dijkstra), or None when there is none.
pub fn shortest(graph: &Graph, from: &str, to: &str) -> Option<Way> {
    let mut came_from: BTreeMap<String, String> = BTreeMap::new();
    let mut best: BTreeMap<String, u32> = BTreeMap::from([(from.to_string(), 0)]);
    let mut open = BinaryHeap::from([Reverse((0, from.to_string()))]);
    while let Some(Reverse((length, place))) = open.pop() {
        if place == to {
            return Some(Way { places: trace(&came_from, to), length });
        }
        for (next, step) in graph.neighbors(&place) {
            let total = length + step;
            if best.get(next).map_or(true, |&known| total < known) {
                best.insert(next.clone(), total);
                came_from.insert(next.clone(), place.clone());
                open.push(Reverse((total, next.clone())));
            }
        }
    }
    None
}

fn trace(came_from: &BTreeMap<String, String>, to: &str) -> Vec<String> {
    let mut places = vec![to.to_string()];
    let mut place = to;
    while let Some(previous) = came_from.get(place) {
        places.push(previous.clone());
        place = previous;
    }
    places.reverse();
    places
}
