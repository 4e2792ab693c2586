use std::collections::HasMap;

fn main() {
    let m: HasMap<i32, i32> = HasMap::new();
    println!("{}", m.len());
}
