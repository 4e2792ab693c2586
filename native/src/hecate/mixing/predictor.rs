//! One predictor: its history, its counters, its mixers; one bit after the other.

use super::contexts::{second_half, Contexts, COUNT};
use super::counters::{updated, Counter, Journal, Slots, FRESH};
use super::matching::{Matching, State, CLASSES};
use super::mixer::{logit, squash, Logits, Mixer};

/// Two inputs for each context, two for the match, one for the network, one constant.
pub const INPUTS: usize = 2 * COUNT + 4;
/// The final mixer's inputs: the three first mixers, the network, a constant.
const FINAL: usize = 5;

/// What a distribution is refined by; learned, and small enough to copy.
#[derive(Clone)]
struct Learned {
    by_tree: Mixer<INPUTS>,
    by_match: Mixer<INPUTS>,
    by_byte: Mixer<INPUTS>,
    last: Mixer<FINAL>,
    hits: [[Counter; 2]; CLASSES],
}

pub struct Predictor {
    history: Vec<u8>,
    contexts: Contexts,
    slots: Slots,
    matching: Matching,
    learned: Learned,
    logits: Logits,
    journal: Option<Journal>,
}

/// Everything but the slots, for going back.
pub struct Mark {
    length: usize,
    contexts: Contexts,
    matched: State,
    learned: Learned,
}

impl Predictor {
    /// A predictor that has seen nothing. None when there is no memory for 2^bits slots of 32 bytes.
    pub fn new(bits: u32) -> Option<Self> {
        let start = 0.28;
        Some(Predictor {
            history: Vec::new(),
            contexts: Contexts::default(),
            slots: Slots::new(bits)?,
            matching: Matching::new(),
            learned: Learned {
                by_tree: Mixer::new(256, start / 2.0, 0.015),
                by_match: Mixer::new(CLASSES * 2, start / 2.0, 0.015),
                by_byte: Mixer::new(256, start / 2.0, 0.015),
                last: Mixer::new(CLASSES * 8, 0.25, 0.002),
                hits: [[FRESH; 2]; CLASSES],
            },
            logits: Logits::new(),
            journal: None,
        })
    }

    /// A mark to come back to with [`Predictor::back`]; from now on changes are remembered.
    pub fn mark(&mut self) -> Mark {
        self.journal = Some(Journal::new());
        Mark {
            length: self.history.len(),
            contexts: self.contexts.clone(),
            matched: self.matching.state(),
            learned: self.learned.clone(),
        }
    }

    /// As it was at the mark.
    pub fn back(&mut self, mark: Mark) {
        if let Some(journal) = self.journal.take() {
            self.slots.take_back(journal);
        }
        self.history.truncate(mark.length);
        self.contexts = mark.contexts;
        self.matching.set_state(mark.matched);
        self.learned = mark.learned;
    }

    /// Reads one byte: the bits it cost, in nats. `network`: its distribution over the byte, if there is one.
    pub fn read(&mut self, byte: u8, network: Option<&[f32]>) -> f32 {
        let hashes = self.contexts.hashes(&self.history);
        let mut found = [0usize; COUNT];
        for (slot, hash) in found.iter_mut().zip(hashes) {
            *slot = self.slots.find(hash, &mut self.journal);
            self.slots.keep(*slot, &mut self.journal);
        }
        let expected = self.matching.predicted(&self.history);
        let class = self.matching.class();
        let newest = self.contexts.newest();
        let mut low = 0usize;
        let mut high = 256usize;
        let mut mass: f32 = network.map_or(1.0, |n| n.iter().sum());
        let mut cost = 0.0;
        let mut tree = 1usize;
        let mut node = 1usize;
        for place in 0..8 {
            if place == 4 {
                node = 1;
                for (slot, hash) in found.iter_mut().zip(hashes) {
                    *slot = self.slots.find(second_half(hash, tree as u32), &mut self.journal);
                    self.slots.keep(*slot, &mut self.journal);
                }
            }
            let bit = u32::from(byte >> (7 - place)) & 1;
            let middle = (low + high) / 2;
            // The network's probability of a one: the mass of the upper half of what is still possible.
            let upper: f32 = network.map_or(0.5, |n| n[middle..high].iter().sum());
            let from_network = if network.is_some() { logit(upper / mass.max(1e-30)) } else { 0.0 };
            let guess = expected
                .filter(|e| (usize::from(*e) | 256) >> (8 - place) == tree)
                .map(|e| u32::from(e >> (7 - place)) & 1);

            let mut inputs = [0.0f32; INPUTS];
            for (i, slot) in found.iter().enumerate() {
                let counter = self.slots.get(*slot, node);
                let count = counter & 15;
                if count > 0 {
                    let x = self.logits.of(counter >> 4);
                    // The second input is large only where much was seen.
                    inputs[2 * i] = x;
                    inputs[2 * i + 1] =
                        (f32::from(counter >> 4) / 4096.0 - 0.5) * f32::from(count) * 0.25;
                }
            }
            let mut hit = None;
            if let Some(guess) = guess {
                let counter = self.learned.hits[class][usize::from(place >= 4)];
                let x = self.logits.of(counter >> 4);
                let signed = if guess == 1 { x } else { -x };
                inputs[2 * COUNT] = signed;
                inputs[2 * COUNT + 1] = if class > 15 { signed } else { 0.0 };
                hit = Some(guess);
            }
            inputs[2 * COUNT + 2] = from_network;
            inputs[2 * COUNT + 3] = 0.4;

            let running = if guess.is_some() { class } else { 0 };
            let firsts = [
                self.learned.by_tree.mix(&inputs, tree),
                self.learned.by_match.mix(&inputs, running * 2 + usize::from(network.is_some())),
                self.learned.by_byte.mix(&inputs, newest),
            ];
            let finals = [firsts[0], firsts[1], firsts[2], from_network, 0.4];
            let p =
                squash(self.learned.last.mix(&finals, running * 8 + place)).clamp(1e-5, 1.0 - 1e-5);
            cost -= if bit == 1 { p.ln() } else { (1.0 - p).ln() };

            self.learned.last.learn(&finals, bit);
            self.learned.by_tree.learn(&inputs, bit);
            self.learned.by_match.learn(&inputs, bit);
            self.learned.by_byte.learn(&inputs, bit);
            for slot in found {
                self.slots.update(slot, node, bit);
            }
            if let Some(guess) = hit {
                let counter = &mut self.learned.hits[class][usize::from(place >= 4)];
                *counter = updated(*counter, u32::from(guess == bit));
            }
            if bit == 1 {
                low = middle;
                mass = upper;
            } else {
                mass = network.map_or(1.0, |n| n[low..middle].iter().sum());
                high = middle;
            }
            tree = tree * 2 + bit as usize;
            node = node * 2 + bit as usize;
        }
        self.history.push(byte);
        self.contexts.push(byte, self.history.len());
        let learn = self.journal.is_none();
        self.matching.push(&self.history, learn);
        cost
    }
}
