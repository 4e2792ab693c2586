//! The command line: what to allow, what to limit, what to run.

use crate::filter::Machine;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// Printed for `--help`.
pub const HELP: &str = "\
rusta-launch [OPTIONS] -- COMMAND [ARGUMENT...]
Runs a command held by Landlock and seccomp; ends everything it started.

  --read PATH          reading allowed at and below PATH
  --exec PATH          reading and executing allowed
  --write PATH         everything but devices allowed
  --device PATH        one device file, reading and writing
  --dir PATH           working folder
  --no-network         no sockets at all (socket pairs stay)
  --limit NAME=N       cpu, fsize, nofile, nproc, as (soft and hard); core is always 0
  --parent PID         end at once when PID is not the parent
  --report-fd FD       write there: enforcement, `s` at the start, `n COUNT` of survivors
  --overlay DIR        another mode: as root of a user and mount namespace of its own, mount the
                       overlay of DIR/lower, upper and work on DIR/merged, then run the command
  --print-filter ARCH  write the namespaced policy's BPF program for ARCH and exit

Exit status: the command's; 128 + number for a signal; 125 when the command cannot be held;
126 and 127 when it cannot be executed or found.
";

/// One resource limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub resource: i32,
    pub value: u64,
}

/// The parsed command line.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    pub read: Vec<PathBuf>,
    pub exec: Vec<PathBuf>,
    pub write: Vec<PathBuf>,
    pub devices: Vec<PathBuf>,
    pub dir: Option<PathBuf>,
    pub no_network: bool,
    pub limits: Vec<Limit>,
    pub parent: Option<i32>,
    pub report_fd: Option<i32>,
    pub overlay: Option<PathBuf>,
    pub print_filter: Option<Machine>,
    pub help: bool,
    pub command: Vec<OsString>,
}

/// Reads the arguments after the program's name. The error is a sentence for people.
pub fn parse<I>(arguments: I) -> Result<Options, String>
where
    I: IntoIterator<Item = OsString>,
{
    let mut options = Options::default();
    let mut rest = arguments.into_iter();
    while let Some(word) = rest.next() {
        let mut value = |name: &str| {
            rest.next().ok_or_else(|| format!("{name} needs a value; see rusta-launch --help"))
        };
        match word.as_bytes() {
            b"--" => {
                options.command = rest.collect();
                break;
            }
            b"--read" => options.read.push(value("--read")?.into()),
            b"--exec" => options.exec.push(value("--exec")?.into()),
            b"--write" => options.write.push(value("--write")?.into()),
            b"--device" => options.devices.push(value("--device")?.into()),
            b"--dir" => options.dir = Some(value("--dir")?.into()),
            b"--overlay" => options.overlay = Some(value("--overlay")?.into()),
            b"--no-network" => options.no_network = true,
            b"--limit" => options.limits.push(limit(&value("--limit")?)?),
            b"--parent" => options.parent = Some(number("--parent", &value("--parent")?)?),
            b"--report-fd" => {
                options.report_fd = Some(number("--report-fd", &value("--report-fd")?)?)
            }
            b"--print-filter" => {
                let name = value("--print-filter")?;
                options.print_filter =
                    Some(Machine::named(&name).ok_or_else(|| {
                        format!("--print-filter {name:?} is not x86_64 or aarch64")
                    })?)
            }
            b"--help" => options.help = true,
            _ => return Err(format!("unknown option {word:?}; see rusta-launch --help")),
        }
    }
    if options.command.is_empty() && !options.help && options.print_filter.is_none() {
        return Err("no command was given; put it after --".into());
    }
    Ok(options)
}

fn number<T: std::str::FromStr>(name: &str, value: &OsStr) -> Result<T, String> {
    value
        .to_str()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| format!("{name} {value:?} is not a number in range"))
}

fn limit(value: &OsStr) -> Result<Limit, String> {
    let text = value.to_str().unwrap_or_default();
    let (name, amount) =
        text.split_once('=').ok_or_else(|| format!("--limit {value:?} is not NAME=N"))?;
    let resource = match name {
        "cpu" => 0,
        "fsize" => 1,
        "nproc" => 6,
        "nofile" => 7,
        "as" => 9,
        _ => return Err(format!("--limit {name:?} is not one of cpu, fsize, nofile, nproc, as")),
    };
    Ok(Limit { resource, value: number("--limit", OsStr::new(amount))? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Result<Options, String> {
        parse(line.split(' ').map(OsString::from))
    }

    #[test]
    fn a_full_line() {
        let options = words(
            "--read /usr --exec /bin --write /w --device /dev/null --dir /w --no-network \
             --limit nofile=64 --limit as=1024 --parent 7 --report-fd 5 -- cc --read x",
        )
        .unwrap();
        assert_eq!(options.read, [PathBuf::from("/usr")]);
        assert_eq!(options.exec, [PathBuf::from("/bin")]);
        assert_eq!(options.write, [PathBuf::from("/w")]);
        assert_eq!(options.devices, [PathBuf::from("/dev/null")]);
        assert_eq!(options.limits[0], Limit { resource: 7, value: 64 });
        assert_eq!(options.limits[1], Limit { resource: 9, value: 1024 });
        assert_eq!((options.parent, options.report_fd), (Some(7), Some(5)));
        assert!(options.no_network);
        assert_eq!(options.command, ["cc", "--read", "x"]);
    }

    #[test]
    fn mistakes_are_named() {
        for (line, what) in [
            ("--read", "--read needs a value"),
            ("--frob -- true", "unknown option"),
            ("--read /usr", "no command"),
            ("--limit core=1 -- true", "is not one of"),
            ("--limit cpu -- true", "is not NAME=N"),
            ("--limit cpu=-1 -- true", "not a number"),
            ("--parent x -- true", "not a number"),
        ] {
            let error = words(line).unwrap_err();
            assert!(error.contains(what), "{line}: {error}");
        }
    }

    #[test]
    fn a_command_keeps_bytes_that_are_not_text() {
        let odd = OsStr::from_bytes(b"\xff\n").to_os_string();
        let options = parse([OsString::from("--"), odd.clone()]).unwrap();
        assert_eq!(options.command, [odd]);
    }
}
