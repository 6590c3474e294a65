//! Of some guests the outcome alone does not say enough.

use tourbillon::types::{ByteSize, Fuel, InstanceMode, Outcome, RunDetails};

use crate::cases::{CASES, Expect, small, spec};
use crate::stage::{Stage, name};

/// The first run of a file.
async fn first_run(file: &str) -> (Outcome, u64, RunDetails) {
    let case = CASES.iter().find(|case| case.file == file).unwrap();
    let stage = Stage::new().await;
    stage.install(spec(file, case.settings)).await.unwrap();
    let report = stage.tick(&name("hostile")).await;
    stage.end().await;
    let task = report.tasks[0].clone();
    (task.outcome, task.ticks_to_skip, task.run.unwrap())
}

#[tokio::test]
async fn s10_what_is_asked_for_is_clamped() {
    for file in ["skips-for-ages", "error-asks-for-ages"] {
        assert_eq!(first_run(file).await.1, 1_000_000, "{file}");
    }
}

#[tokio::test]
async fn a_long_error_is_cut_at_4_kib() {
    let (_, _, run) = first_run("error-huge").await;
    let text = run.error.unwrap();
    assert!((4_000..=4_100).contains(&text.len()), "{}", text.len());
}

#[tokio::test]
async fn an_error_longer_than_what_is_read_is_still_a_failure_and_the_next_run_goes_on() {
    let stage = Stage::new().await;
    let mut spec = spec("error-huge", |spec| {
        spec.limits.run.fuel = Fuel::new(100_000_000);
        spec.limits.instance.memory = ByteSize::mib(64);
    });
    spec.limits.run.call_bytes = ByteSize::kib(8);
    stage.install(spec).await.unwrap();
    for _ in 0..3 {
        let report = stage.tick(&name("hostile")).await;
        let (outcome, run) = (report.tasks[0].outcome, report.tasks[0].run.clone().unwrap());
        assert_eq!(outcome, Outcome::Failed);
        assert_eq!(
            run.error.as_deref(),
            Some(
                "the task failed; its error text has more than 8.0 KiB (`call_bytes`) and was not read"
            )
        );
    }
    stage.end().await;
}

#[tokio::test]
async fn log_lines_over_the_allowance_are_dropped_and_counted() {
    for (file, dropped, calls) in [("log-lines", 800, 900), ("log-bytes", 9, 10)] {
        let (outcome, _, run) = first_run(file).await;
        assert_eq!((outcome, run.logs_dropped, run.host_calls), (Outcome::Ok, dropped, calls));
    }
    assert!(first_run("stdout-flood").await.2.logs_dropped > 30_000);
}

#[tokio::test]
async fn a_kill_is_explained() {
    for (file, why) in [
        ("memory-grow-then-trap", "is limited to 4.0 MiB (`memory`)"),
        ("table-grow-then-trap", "is limited to 10000 (`table_elements`)"),
        ("handle-flood", "more than 100 handles open at once"),
        ("call-storm", "more than 1000 host calls in one run"),
        ("log-line-huge", "more than 1048576 bytes in one host call"),
        ("bytes-storm", "more than 1048576 bytes handed over"),
        ("random-huge", "more than 65536 bytes in one host call"),
        ("sleep-for-ever", "the time limit of 500ms passed"),
        ("loop-in-task", "the 3000000 fuel granted to the run were used up"),
        ("recursion", "call stack exhausted"),
        ("exit", "the guest called exit with status 0"),
    ] {
        let (_, _, run) = first_run(file).await;
        let text = run.error.unwrap();
        assert!(text.contains(why), "{file}: {text}");
    }
}

#[tokio::test]
async fn what_a_guest_asks_to_be_kept_is_kept_within_its_quota() {
    let case = CASES.iter().find(|case| case.file == "store-keys").unwrap();
    let stage = Stage::new().await;
    let mut spec = spec(case.file, case.settings);
    small(&mut spec);
    spec.limits.store.bytes = ByteSize::new(80);
    stage.install(spec).await.unwrap();
    for _ in 0..3 {
        let report = stage.tick(&name("hostile")).await;
        assert_eq!(report.tasks[0].outcome, Outcome::Ok, "{report:?}");
    }
    stage.end().await;
}

#[tokio::test]
async fn instances_of_the_pool_are_held_as_well() {
    let stage = Stage::new().await;
    for case in CASES {
        let Expect::Each(expect) = case.expect else { continue };
        // `handle-hoard` and those that wait are told apart by their instance, or take long.
        if expect == Outcome::TimedOut {
            continue;
        }
        let mut spec = spec(case.file, case.settings);
        spec.mode = InstanceMode::PerRun;
        stage.install(spec).await.unwrap_or_else(|e| panic!("{}: {e}", case.file));
        let report = stage.tick(&name("hostile")).await;
        assert_eq!(report.tasks[0].outcome, expect, "{}: {report:?}", case.file);
        stage.host.remove(&name("hostile")).await.unwrap();
    }
    stage.end().await;
}
