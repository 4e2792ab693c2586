fn main() {
    let s = String::from("grün");
    let t = s;
    println!("{s} {t}");
}
