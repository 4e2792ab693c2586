"""Programs that compile, for tests that put a mistake into them."""

from __future__ import annotations

ACCOUNTS = """\
use std::collections::HashMap;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Level { Low, High }

struct Account { id: u32, name: String, balance: f64, tags: Vec<String>, level: Level }

impl Account {
    fn label(&self) -> String {
        self.name.clone()
    }
    fn id(&self) -> u32 { self.id }
    fn short(&self) -> &str {
        &self.name
    }
    fn first_tag(&self) -> Option<&String> {
        self.tags.first()
    }
    fn share(&self, parts: usize) -> f64 {
        self.balance / parts as f64
    }
    fn level(&self) -> Level { self.level }
}

fn longest(names: &[String]) -> usize {
    let mut best = 0;
    for name in names {
        if name.len() > best {
            best = name.len();
        }
    }
    best
}

fn parse(text: &str) -> Result<i64, std::num::ParseIntError> {
    let value: i64 = text.trim().parse()?;
    Ok(value * 2)
}

fn find(map: &HashMap<String, u32>, key: &str) -> Option<u32> {
    let found = map.get(key)?;
    Some(*found + 1)
}

fn total(values: &[u64]) -> u64 {
    let mut sum: u64 = 0;
    for value in values.iter() {
        sum += *value;
    }
    sum
}

fn bump(count: &mut u32) {
    *count += 1;
}

fn describe(n: usize, width: u32) -> String {
    let wide = n as u32;
    let rest: u32 = width - wide;
    format!("{} {}", rest, n)
}

fn main() {
    let account = Account { id: 7, name: String::from("ada"), balance: 10.5, tags: vec!["a".to_string()], level: Level::Low };
    let names = vec![account.label(), "x".to_string()];
    println!("{}", longest(&names));
    let boxed: Box<u32> = Box::new(account.id());
    let mut n = *boxed;
    bump(&mut n);
    let text: String = format!("{}", n);
    println!("{} {:?} {:?}", text, parse(&text), find(&HashMap::new(), "k"));
    println!("{} {}", total(&[1, 2]), describe(3, 9));
    let ratio: f64 = account.share(2);
    let initial: char = account.short().chars().next().unwrap();
    let flag: bool = account.first_tag().is_some();
    println!("{ratio} {initial} {flag} {:?}", account.level());
    let maybe: Option<u8> = Some(3);
    let v: Vec<u32> = (0..3).map(|x| x * 2).collect();
    let total_len: usize = v.len() + names.len();
    println!("{:?} {}", maybe, total_len);
}
"""

BASKET = """\
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::rc::Rc;
use std::cell::RefCell;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Kind { Fruit, Tool }

#[derive(Debug, Clone, Default)]
struct Item { name: String, price: u32, tags: Vec<String> }

#[derive(Debug)]
enum AppError { Io(std::io::Error), Parse(std::num::ParseIntError), Missing }

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:?}", self)
    }
}

impl std::error::Error for AppError {}

impl From<std::num::ParseIntError> for AppError {
    fn from(e: std::num::ParseIntError) -> Self {
        AppError::Parse(e)
    }
}

trait Describe {
    fn describe(&self) -> String;
    fn loud(&self) -> String { self.describe().to_uppercase() }
}

impl Describe for Item {
    fn describe(&self) -> String {
        format!("{} {}", self.name, self.price)
    }
}

impl Item {
    fn new(name: &str, price: u32) -> Self {
        Item { name: name.to_string(), price, tags: Vec::new() }
    }
    fn cheap(&self) -> bool { self.price < 10 }
    fn add_tag(&mut self, tag: &str) {
        self.tags.push(tag.to_string());
    }
}

struct Basket { items: Vec<Item>, owner: Option<String> }

impl Basket {
    fn total(&self) -> u32 {
        self.items.iter().map(|i| i.price).sum()
    }
    fn names(&self) -> Vec<String> {
        self.items.iter().map(|i| i.name.clone()).collect()
    }
    fn owner_len(&self) -> usize {
        self.owner.as_ref().unwrap().len()
    }
}

fn show<T: Describe>(value: &T) -> String {
    value.loud()
}

fn print_all<T: fmt::Debug + Clone>(values: &[T]) {
    for v in values {
        println!("{:?}", v.clone());
    }
}

fn parse_price(text: &str) -> Result<u32, AppError> {
    let n: u32 = text.trim().parse()?;
    Ok(n)
}

fn first_word(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    Some(word.to_string())
}

fn load(path: &str) -> Result<String, AppError> {
    std::fs::read_to_string(path).map_err(AppError::Io)
}

fn get(values: &[i32], index: u32) -> i32 {
    values[index as usize]
}

fn window(values: &[i32], from: i32, to: i32) -> &[i32] {
    &values[from as usize..to as usize]
}

fn count_kinds(kinds: &[Kind]) -> HashMap<Kind, usize> {
    let mut counts = HashMap::new();
    for kind in kinds {
        *counts.entry(kind.clone()).or_insert(0) += 1;
    }
    counts
}

fn main() {
    let mut basket = Basket { items: vec![Item::new("pear", 3)], owner: Some("bo".to_string()) };
    basket.items[0].add_tag("green");
    for i in 0..basket.items.len() {
        println!("{}", basket.items[i].name);
    }
    for item in &basket.items {
        println!("{} {}", show(item), item.cheap());
    }
    let chars: Vec<char> = basket.items[0].name.chars().rev().collect();
    println!("{} {:?} {} {:?}", basket.total(), basket.names(), basket.owner_len(), chars);
    print_all(&[1, 2]);
    println!("{:?} {:?}", parse_price("3"), first_word("a b"));
    println!("{} {:?} {:?}", get(&[1, 2], 1), window(&[1, 2, 3], 0, 2), count_kinds(&[Kind::Fruit, Kind::Tool]));
    let set: HashSet<Kind> = HashSet::new();
    println!("{}", set.contains(&Kind::Fruit));
    let shared = Rc::new(RefCell::new(vec![1]));
    shared.borrow_mut().push(2);
    println!("{:?}", shared.borrow().len());
    let item = Item::default();
    println!("{:?} {}", item, item.name.is_empty());
    let doubled: Vec<i32> = vec![1, 2, 3].iter().map(|x| x * 2).collect();
    let evens: Vec<&i32> = doubled.iter().filter(|x| **x % 2 == 0).collect();
    let sum: i32 = doubled.iter().sum();
    println!("{:?} {}", evens, sum);
    match load("x") {
        Ok(text) => println!("{}", text),
        Err(e) => println!("{}", e),
    }
    let root = (16f64).sqrt();
    println!("{} {}", root, 2i32.pow(3));
    let _ = AppError::Missing;
}
"""

CONFIG = """\
use std::collections::HashMap;

const LIMIT: usize = 4;
static NAME: &str = "db";

struct Config { port: u16, ratio: f64, name: String, slots: [u8; 4] }
struct Point(i32, i32);

fn scale(value: f64, by: f64) -> f64 { value * by }
fn pick(items: &[String], n: usize) -> &String { &items[n] }
fn add(total: u64, n: u64) -> u64 { total + n }
fn name_of(c: &Config) -> String { c.name.clone() }
fn move_by(p: Point, dx: i32) -> Point { Point(p.0 + dx, p.1) }

fn mean(values: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in values {
        sum += v;
    }
    sum / values.len() as f64
}

fn main() {
    let c = Config { port: 8080, ratio: 0.5, name: "x".to_string(), slots: [0; 4] };
    let port: u16 = c.port;
    let a: f64 = scale(c.ratio, 2.0);
    let b = scale(1.5, 3.5);
    let items: Vec<String> = vec!["a".to_string(), "b".to_string()];
    let i: usize = 1;
    println!("{} {}", pick(&items, i), items.len() - i);
    let mut counts: HashMap<String, u32> = HashMap::new();
    *counts.entry(name_of(&c)).or_insert(0) += 1;
    let n: u32 = counts["x"];
    let total: u64 = add(add(1, 2), u64::from(n));
    let p = move_by(Point(1, 2), 3);
    let grid: [i32; 3] = [1, 2, 3];
    let pair: (i32, String) = (p.0, name_of(&c));
    println!("{} {} {} {} {}", port, a, b, total, p.1);
    println!("{} {} {:?} {}", LIMIT + i, mean(&[a, b]), c.slots, NAME.len());
    println!("{:?} {:?}", grid, pair);
    assert!(items.len() < LIMIT);
    let opt: Option<u16> = Some(port);
    println!("{:?}", opt);
}
"""

GEOMETRY = """\
use std::rc::Rc;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::error::Error;

struct Meters(f64);
struct Node { value: i32, next: Option<Box<Node>>, shared: Rc<RefCell<Vec<i32>>> }

impl From<f64> for Meters { fn from(v: f64) -> Self { Meters(v) } }

fn push(node: Node, value: i32) -> Node {
    let shared = Rc::clone(&node.shared);
    Node { value, next: Some(Box::new(node)), shared }
}

fn config(path: &Path) -> PathBuf {
    path.join("config.toml")
}

fn run(arg: Option<&str>) -> Result<(), Box<dyn Error>> {
    let name = arg.ok_or("no name")?;
    if name.is_empty() {
        return Err("empty".into());
    }
    println!("{}", config(Path::new(name)).display());
    Ok(())
}

fn double(m: Meters) -> Meters { Meters(m.0 * 2.0) }

fn apply<F: Fn(i32) -> i32>(f: F, x: i32) -> i32 { f(x) }

fn sign(x: i32) -> &'static str {
    if x < 0 {
        "neg"
    } else if x == 0 {
        "zero"
    } else {
        "pos"
    }
}

fn kind(c: char) -> u8 {
    match c {
        'a' => 1,
        'b'..='z' => 2,
        _ => 3,
    }
}

fn average(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let sum: f64 = values.iter().sum();
    Some(sum / values.len() as f64)
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(|w| w.to_string()).collect()
}

fn checksum(data: &[u8]) -> u32 {
    let mut acc: u32 = 0;
    for b in data {
        acc = acc.wrapping_mul(31) + u32::from(*b);
    }
    acc
}

fn lookup(v: &Vec<i32>, i: i32) -> i32 {
    v[i as usize]
}

fn main() {
    let shared = Rc::new(RefCell::new(vec![1]));
    let n = push(Node { value: 1, next: None, shared: shared.clone() }, 2);
    println!("{} {}", n.value, n.next.is_some());
    println!("{:?}", n.shared);
    let m = double(Meters(2.5));
    println!("{}", m.0 + 1.0);
    println!("{}", apply(|x| x + 1, 4));
    println!("{} {}", sign(3), kind('b'));
    if let Some(a) = average(&[1.0, 2.0]) {
        println!("{a:.2} {}", words("a b").len());
    }
    let data = [1u8, 2, 3];
    assert_eq!(checksum(&data), 1026);
    println!("{}", lookup(&vec![1, 2], 1));
    run(std::env::args().nth(1).as_deref()).unwrap();
}
"""

ITEMS = """\
use std::collections::HashMap;
use std::cmp::Ordering;

#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
enum Level { Low, High }

#[derive(Debug, PartialEq)]
struct Item { level: Level, price: f64, count: u32 }

fn largest<T: PartialOrd + Copy>(xs: &[T]) -> T {
    let mut best = xs[0];
    for &x in xs {
        if x > best {
            best = x;
        }
    }
    best
}

fn sum<T: std::ops::Add<Output = T> + Copy>(a: T, b: T) -> T {
    a + b
}

fn cost(item: &Item) -> f64 {
    item.price * item.count as f64
}

fn offset(base: usize, delta: i32) -> usize {
    if delta < 0 { base - delta.unsigned_abs() as usize } else { base + delta as usize }
}

fn shift(c: char, by: u8) -> char {
    let base = b'a';
    ((c as u8 - base + by) % 26 + base) as char
}

fn count(words: &[&str], word: &str) -> usize {
    let mut n = 0;
    for w in words {
        if *w == word {
            n += 1;
        }
    }
    n
}

fn bump(map: &mut HashMap<String, i32>, key: &str) {
    if let Some(v) = map.get_mut(key) {
        *v += 1;
    }
}

fn rank(a: &Item, b: &Item) -> Ordering {
    if a.level > b.level {
        return Ordering::Less;
    }
    a.price.partial_cmp(&b.price).unwrap()
}

fn join(a: &str, b: &str) -> String {
    a.to_string() + "-" + b
}

fn is_first(v: &[i32], x: i32) -> bool {
    v.first() == Some(&x)
}

fn half(total: u64) -> f64 {
    total as f64 / 2.0
}

fn digit(c: char) -> u32 {
    c as u32 - '0' as u32
}

fn main() {
    let a = Item { level: Level::Low, price: 2.5, count: 3 };
    let b = Item { level: Level::High, price: 1.0, count: 1 };
    println!("{} {} {}", largest(&[1, 3, 2]), sum(1, 2), cost(&a));
    println!("{} {} {}", offset(3, -1), shift('c', 2), count(&["a", "b"], "a"));
    let mut map = HashMap::new();
    map.insert("k".to_string(), 1);
    bump(&mut map, "k");
    println!("{:?} {} {}", rank(&a, &b), join("x", "y"), is_first(&[1, 2], 1));
    println!("{} {} {}", half(3), digit('7'), a == b);
    let t = (1, 2.5);
    println!("{} {}", t.0, t.1);
    let empty: Vec<u8> = Vec::new();
    if !empty.is_empty() {
        println!("no");
    }
    let n = 5;
    let neg = -n;
    let flags: u8 = 0b0101;
    println!("{} {}", neg, flags << 2);
    let r = &n;
    println!("{}", *r + 1);
    let code = 97u8;
    println!("{}", code as char);
    let scale = 2.0;
    println!("{}", a.price * scale);
}
"""

LEVELS = """\
fn level(n: u8) -> Result<u8, String> {
    if n > 9 {
        Err(format!("{} is too large", n))
    } else {
        Ok(n)
    }
}

fn write_all(lines: &[String], out: &mut String) -> bool {
    for line in lines {
        out.push_str(line);
    }
    !lines.is_empty()
}

fn count(text: &str) -> usize {
    let mut n = 0;
    for c in text.chars() {
        if c == 'a' {
            n += 1;
        }
    }
    n
}

fn log(text: &str) {
    println!("{}", text);
}

fn classify(n: i32) -> &'static str {
    match n {
        0 => "zero",
        n if n < 0 => "negative",
        1..=9 => "small",
        _ => "large",
    }
}

fn main() {
    let mut s = String::new();
    println!("{:?} {} {}", level(3), write_all(&["a".into()], &mut s), count(&s));
    let xs = vec![1, 2, 3];
    let doubled: Vec<i32> = xs.iter().map(|x| x * 2).collect();
    xs.iter().for_each(|x| log(&x.to_string()));
    let biggest = doubled.iter().max();
    if let Some(b) = biggest {
        log(classify(*b));
    }
    let opt: Option<i32> = None;
    let value = match opt {
        Some(v) => v,
        None => 0,
    };
    log(&value.to_string());
}
"""

SHAPES = """\
use std::fmt;

#[derive(Debug)]
enum Shape { Circle(f64), Square(f64) }
#[derive(Debug)]
enum Kind { Circle, Square }

struct Builder { parts: Vec<String>, size: usize }

impl Builder {
    fn with(mut self, part: &str) -> Self {
        self.parts.push(part.to_string());
        self
    }
    fn grow(&mut self, by: usize) -> &mut Self {
        self.size += by;
        self
    }
    fn check(&self) -> Result<(), String> {
        if self.parts.is_empty() {
            return Err("no parts".to_string());
        }
        Ok(())
    }
    fn find(&self, name: &str) -> Option<usize> {
        for (i, part) in self.parts.iter().enumerate() {
            if part == name {
                return Some(i);
            }
        }
        None
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Circle => write!(f, "circle"),
            Kind::Square => write!(f, "square"),
        }
    }
}

fn area(shape: &Shape) -> f64 {
    match shape {
        Shape::Circle(r) => 3.14 * r * r,
        Shape::Square(a) => a * a,
    }
}

fn collect(limit: u32) -> Vec<u32> {
    let mut found = Vec::new();
    for n in 0..limit {
        if n % 3 == 0 {
            found.push(n);
        }
    }
    found
}

fn greeting(name: &str) -> String {
    let text = format!("hi {}", name);
    text
}

fn parse_kind(text: &str) -> Option<Kind> {
    match text {
        "circle" => Some(Kind::Circle),
        "square" => Some(Kind::Square),
        _ => None,
    }
}

fn clamp(x: i32, lo: i32, hi: i32) -> i32 {
    if x < lo {
        return lo;
    }
    let limited = if x > hi { hi } else { x };
    limited
}

fn command(line: String) -> u8 {
    match line.as_str() {
        "go" => 1,
        "stop" => 2,
        _ => 0,
    }
}

fn pair(p: (i32, i32)) -> i32 {
    let (a, b) = p;
    a + b
}

fn main() {
    let mut b = Builder { parts: vec![], size: 0 }.with("a");
    b.grow(2);
    if let Err(e) = b.check() {
        println!("{e}");
    }
    match b.find("a") {
        Some(i) => println!("{i}"),
        None => println!("none"),
    }
    println!("{} {:?} {}", area(&Shape::Circle(1.0)), collect(5), greeting("x"));
    println!("{:?} {} {} {}", parse_kind("circle"), clamp(3, 0, 2), command("go".to_string()), pair((1, 2)));
    println!("{}", Kind::Square);
    match "5".parse::<u8>() {
        Ok(n) => println!("{n}"),
        Err(e) => println!("{e}"),
    }
    let c = 'x';
    match c {
        'x' => println!("x"),
        _ => {}
    }
    while let Some(part) = b.parts.pop() {
        println!("{part}");
    }
    let _ = Shape::Square(1.0);
}
"""

STORE = """\
//! A tiny inventory service.
use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Display};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::str::FromStr;

pub type Id = u64;

#[derive(Debug, Clone, PartialEq)]
pub struct Sku(pub String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    Piece,
    Gram,
}

#[derive(Debug)]
pub enum StoreError {
    NotFound(Id),
    Io(io::Error),
    BadLine { line: usize, text: String },
}

impl Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::NotFound(id) => write!(f, "no item {id}"),
            StoreError::Io(e) => write!(f, "io: {e}"),
            StoreError::BadLine { line, text } => write!(f, "line {line}: {text}"),
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(value: io::Error) -> Self {
        StoreError::Io(value)
    }
}

impl FromStr for Unit {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        match s {
            "pc" => Ok(Unit::Piece),
            "g" => Ok(Unit::Gram),
            other => Err(format!("unknown unit {other}")),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Entry {
    id: Id,
    sku: Sku,
    unit: Unit,
    amount: u32,
    price_cents: i64,
    note: Option<String>,
}

#[derive(Default)]
pub struct Store {
    entries: BTreeMap<Id, Entry>,
    by_sku: HashMap<String, Vec<Id>>,
    next_id: Id,
}

impl Store {
    pub fn new() -> Self {
        Self { entries: BTreeMap::new(), by_sku: HashMap::new(), next_id: 1 }
    }

    pub fn add(&mut self, sku: &str, unit: Unit, amount: u32, price: f64) -> Id {
        let id = self.next_id;
        let entry = Entry {
            id,
            sku: Sku(sku.to_string()),
            unit,
            amount,
            price_cents: (price * 100.0).round() as i64,
            note: None,
        };
        self.entries.insert(id, entry);
        self.by_sku.entry(sku.to_string()).or_default().push(id);
        self.next_id += 1;
        id
    }

    pub fn get(&self, id: Id) -> Result<&Entry, StoreError> {
        self.entries.get(&id).ok_or(StoreError::NotFound(id))
    }

    pub fn annotate(&mut self, id: Id, text: &str) -> Result<(), StoreError> {
        let entry = self.entries.get_mut(&id).ok_or(StoreError::NotFound(id))?;
        entry.note = Some(text.to_owned());
        Ok(())
    }

    pub fn total_cents(&self) -> i64 {
        self.entries.values().map(|e| e.price_cents * i64::from(e.amount)).sum()
    }

    pub fn average(&self) -> Option<f64> {
        if self.entries.is_empty() {
            None
        } else {
            Some(self.total_cents() as f64 / self.entries.len() as f64)
        }
    }

    pub fn cheapest(&self) -> Option<&Entry> {
        self.entries.values().min_by_key(|e| e.price_cents)
    }

    pub fn notes(&self) -> Vec<&str> {
        self.entries.values().filter_map(|e| e.note.as_deref()).collect()
    }

    pub fn with_sku(&self, sku: &str) -> usize {
        self.by_sku.get(sku).map_or(0, |ids| ids.len())
    }

    pub fn rename(&mut self, id: Id, new: String) -> bool {
        match self.entries.get_mut(&id) {
            Some(entry) => {
                entry.sku = Sku(new);
                true
            }
            None => false,
        }
    }

    pub fn load(&mut self, path: &str) -> Result<usize, StoreError> {
        let file = File::open(path)?;
        let mut count = 0;
        for (number, line) in BufReader::new(file).lines().enumerate() {
            let line = line?;
            let parts: Vec<&str> = line.split(';').collect();
            if parts.len() != 3 {
                return Err(StoreError::BadLine { line: number + 1, text: line });
            }
            let amount = parts[1].parse::<u32>().unwrap_or(1);
            let price: f64 = parts[2].trim().parse().unwrap_or_default();
            self.add(parts[0], Unit::Piece, amount, price);
            count += 1;
        }
        Ok(count)
    }
}

fn slug(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn percent(part: u32, whole: u32) -> f32 {
    part as f32 * 100.0 / whole as f32
}

fn mode(values: &[u8]) -> Option<u8> {
    let mut counts = [0usize; 256];
    for &v in values {
        counts[v as usize] += 1;
    }
    let best = counts.iter().enumerate().max_by_key(|(_, n)| **n)?;
    Some(best.0 as u8)
}

fn read_all<R: Read>(mut reader: R) -> io::Result<String> {
    let mut text = String::new();
    reader.read_to_string(&mut text)?;
    Ok(text)
}

fn initials(names: &[String]) -> String {
    let mut out = String::new();
    for name in names {
        if let Some(c) = name.chars().next() {
            out.push(c);
        }
    }
    out
}

fn main() {
    let mut store = Store::new();
    let id = store.add("Bolt M4", Unit::Piece, 12, 0.25);
    store.annotate(id, "zinc").expect("just added");
    println!("{:?} {}", store.get(id).map(|e| e.unit), store.total_cents());
    println!("{:?} {:?}", store.average(), store.cheapest().map(|e| &e.sku));
    println!("{} {}", slug("Bolt M4"), percent(1, 3));
    println!("{:?} {:?}", mode(&[1, 2, 2]), store.notes());
    println!("{} {}", store.with_sku("Bolt M4"), store.rename(id, "Nut".into()));
    match store.load("stock.csv") {
        Ok(n) => println!("{n} lines"),
        Err(e) => eprintln!("{e}"),
    }
    let unit: Unit = "g".parse().unwrap();
    println!("{:?} {}", unit, read_all("abc".as_bytes()).unwrap());
    println!("{}", initials(&["ada".to_string(), "bob".to_string()]));
    let e = store.get(id).unwrap();
    println!("{} {}", e.id, e.amount);
}
"""

WORKERS = """\
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::thread;

#[derive(Debug, Clone, Copy)]
struct Point { x: i32, y: i32 }

struct Stack<T> { items: Vec<T> }

impl<T: Clone> Stack<T> {
    fn new() -> Self { Stack { items: Vec::new() } }
    fn peek(&self) -> Option<T> { self.items.last().cloned() }
    fn push(&mut self, item: T) { self.items.push(item); }
}

trait Shape { fn area(&self) -> f64; }
struct Square(f64);
impl Shape for Square { fn area(&self) -> f64 { self.0 * self.0 } }

fn total(shapes: &[Box<dyn Shape>]) -> f64 {
    shapes.iter().map(|s| s.area()).sum()
}

fn largest(items: &[i32]) -> i32 {
    *items.iter().max().unwrap()
}

fn size_of_text<S: AsRef<str> + ?Sized>(text: &S) -> usize { text.as_ref().len() }

fn read(values: &mut Vec<u8>) -> usize {
    let mut buffer = Vec::new();
    buffer.extend_from_slice(values);
    buffer.len()
}

fn squares(n: u32) -> Vec<u32> {
    let mut out = Vec::new();
    for i in 0..n {
        out.push(i * i);
    }
    out
}

fn evens(limit: u64) -> u64 {
    (0..limit).filter(|n| n % 2 == 0).sum::<u64>() * 2
}

fn main() {
    let counter = Arc::new(Mutex::new(0));
    let handles: Vec<_> = (0..2).map(|_| {
        let counter = Arc::clone(&counter);
        thread::spawn(move || {
            *counter.lock().unwrap() += 1;
        })
    }).collect();
    for handle in handles {
        handle.join().unwrap();
    }
    let mut stack: Stack<i32> = Stack::new();
    stack.push(1);
    println!("{:?}", stack.peek());
    let shapes: Vec<Box<dyn Shape>> = vec![Box::new(Square(1.0))];
    println!("{} {} {}", total(&shapes), largest(&[1, 2]), size_of_text("abc"));
    let p = Point { x: 1, y: 2 };
    let q = p;
    println!("{} {} {:?}", p.x, q.y, squares(3));
    let ages: HashMap<&str, u32> = [("a", 1)].into_iter().collect();
    println!("{}", ages["a"]);
    let nums = "1 2 3".split(' ').map(|x| x.parse::<i32>().unwrap()).collect::<Vec<_>>();
    println!("{:?} {}", nums, evens(5));
    let parsed: u8 = "7".parse().unwrap();
    let none: Option<i32> = None;
    println!("{} {:?} {}", parsed, none, read(&mut vec![1]));
    let words = vec!["b", "a"];
    let joined = words.join(",");
    println!("{}", joined);
}
"""
