//! `tourbillon check --self-test`: every limit, exceeded by a guest on this machine, and what became of it.
//!
//! The proofs are `selftest`'s; here they are printed. A limit that did not hold is the host's failure.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::ending::{Ended, Status, Stop};
use super::printing::{Align, json_line, table};
use crate::engine::CompileIn;
use crate::selftest::{self, Proof};

/// One limit as a line of JSON.
#[derive(Debug, Serialize)]
struct ProofView<'a> {
    limit: &'a str,
    set_to: &'a str,
    expected: &'a str,
    seen: &'a str,
    held: bool,
    micros: u64,
}

/// Puts every limit to the proof.
pub(super) async fn self_test(json: bool) -> Ended {
    let proofs = Box::pin(selftest::run(CompileIn::Child)).await;
    let proofs = proofs.map_err(|e| Stop::Host(anyhow::Error::new(e)))?;
    let mut out = BufWriter::new(io::stdout().lock());
    if json {
        for proof in &proofs {
            json_line(&mut out, &view(proof))?;
        }
    } else {
        print(&mut out, &proofs)?;
    }
    out.flush()?;
    let broken: Vec<_> = proofs.iter().filter(|p| !p.held).map(|p| p.limit).collect();
    if broken.is_empty() {
        return Ok(Status::Well);
    }
    let broken = broken.join(", ");
    Err(Stop::Host(anyhow::anyhow!(
        "these limits do not hold on this machine: {broken}; run nothing untrusted on it, and report it"
    )))
}

fn view(proof: &Proof) -> ProofView<'_> {
    ProofView {
        limit: proof.limit,
        set_to: &proof.set_to,
        expected: &proof.expected,
        seen: &proof.seen,
        held: proof.held,
        micros: proof.micros,
    }
}

fn print(out: &mut dyn Write, proofs: &[Proof]) -> io::Result<()> {
    let columns = [
        ("LIMIT", Align::Left),
        ("SET TO", Align::Right),
        ("HELD", Align::Left),
        ("TIME", Align::Right),
        ("WHAT BECAME OF THE GUEST", Align::Left),
    ];
    let cells = |proof: &Proof| {
        vec![
            proof.limit.to_owned(),
            proof.set_to.clone(),
            if proof.held { "yes".to_owned() } else { "NO".to_owned() },
            format!("{}ms", proof.micros / 1_000),
            if proof.held {
                proof.seen.clone()
            } else {
                format!("{}; expected: {}", proof.seen, proof.expected)
            },
        ]
    };
    let rows: Vec<_> = proofs.iter().map(cells).collect();
    table(out, &columns, &rows)?;
    let held = proofs.iter().filter(|p| p.held).count();
    writeln!(out, "\n{held} of {} limits hold on this machine", proofs.len())
}
