//! What is printed: one line for each figure, with its bound where it has one.

/// The figures so far.
#[derive(Debug, Default)]
pub(crate) struct Table {
    short: Vec<String>,
}

impl Table {
    /// Prints the head.
    pub(crate) fn begin() -> Self {
        println!("{:<58} {:>12} {:>14}", "figure", "measured", "bound");
        Self::default()
    }

    /// A figure that must not be above its bound.
    pub(crate) fn at_most(&mut self, name: &str, measured: f64, bound: f64, unit: &str) {
        let holds = measured <= bound;
        let verdict = if holds { "holds" } else { "FALLS SHORT" };
        println!(
            "{name:<58} {:>12} {:>14} {verdict}",
            figure(measured, unit),
            format!("≤ {}", figure(bound, unit)),
        );
        if !holds {
            self.short.push(name.to_owned());
        }
    }

    /// A figure that stands beside others.
    #[expect(clippy::unused_self, reason = "a line of the table")]
    pub(crate) fn beside(&mut self, name: &str, measured: f64, unit: &str) {
        println!("{:<58} {:>12}", format!("  {name}"), figure(measured, unit));
    }

    /// Says what falls short, and how many figures do.
    pub(crate) fn end(&self) -> usize {
        if !self.short.is_empty() {
            println!("\n{} short: {}", self.short.len(), self.short.join("; "));
        }
        self.short.len()
    }
}

fn figure(n: f64, unit: &str) -> String {
    let digits = if n.abs() >= 100.0 {
        0
    } else if n.abs() >= 10.0 {
        1
    } else {
        2
    };
    format!("{n:.digits$} {unit}").trim_end().to_owned()
}
