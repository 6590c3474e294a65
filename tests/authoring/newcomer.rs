//! From an empty directory to a manager that ticks, as the authoring guide tells it.

use crate::well;

/// Begins a manager, builds it, ticks it and tests it.
fn check(language: &str) {
    let outer = tempfile::tempdir().unwrap();
    let printed = well(outer.path(), &["new", "first-job", "--lang", language]);
    assert!(printed.contains("tourbillon tick . --ticks 3"), "{printed}");
    let dir = outer.path().join("first-job");
    let built = well(&dir, &["build"]);
    assert!(built.starts_with("build/first-job.wasm  "), "{built}");
    let again = well(&dir, &["build", "--json"]);
    let again: serde_json::Value = serde_json::from_str(&again).unwrap();
    assert_eq!(again["changed"], false, "{language}: the same sources give the same component");

    let printed = well(&dir, &["tick", ".", "--ticks", "3", "--json"]);
    let last: serde_json::Value = serde_json::from_str(printed.lines().last().unwrap()).unwrap();
    assert_eq!(last["manager"], "first-job");
    assert_eq!(last["tasks"][0]["outcome"], "ok", "{printed}");

    // A scenario without expectations, blessed, holds; with another expectation it fails, by name.
    let scenarios = dir.join("scenarios");
    std::fs::create_dir_all(&scenarios).unwrap();
    let file = scenarios.join("greets.toml");
    let given = "ticks = 3\n[manager]\nconfig = { greeting = \"good day\" }\n";
    std::fs::write(&file, given).unwrap();
    well(&dir, &["test", ".", "--bless"]);
    let blessed = std::fs::read_to_string(&file).unwrap();
    assert!(blessed.starts_with(given), "{blessed}");
    assert!(blessed.contains("= \"ok ok ok\""), "{blessed}");
    well(&dir, &["test"]);
    // What is given behind the expectations is kept.
    let behind = format!("ticks = 3\n[expect]\n{}", given.split_once('\n').unwrap().1);
    std::fs::write(&file, &behind).unwrap();
    well(&dir, &["test", "--bless"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), blessed);
    std::fs::write(&file, blessed.replace("ok ok ok", "ok failed ok")).unwrap();
    let output = crate::tourbillon(&dir, &["test"]);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert!(printed.contains("outcomes."), "{printed}");
}

/// A task's name that no host takes does not build, and the words name it.
fn wrong_name(language: &str) {
    let (file, from, to) = match language {
        "rust" => ("src/lib.rs", "periodic_task(run", "periodic_task(name = \"No Name\", run"),
        "python" => ("app.py", "periodic_task(run", "periodic_task(name=\"No Name\", run"),
        "typescript" => {
            ("src/manager.ts", "periodicTask({ run", "periodicTask({ name: \"No Name\", run")
        }
        "c" => ("src/manager.c", "(greet, .run", "(greet, .name = \"No Name\", .run"),
        "cpp" => ("src/manager.hpp", "{.run", "{.name = \"No Name\", .run"),
        "go" => ("manager.go", "\"greet\", g", "\"No Name\", g"),
        other => panic!("{other} has no template"),
    };
    let outer = tempfile::tempdir().unwrap();
    well(outer.path(), &["new", "first-job", "--lang", language]);
    let dir = outer.path().join("first-job");
    let source = std::fs::read_to_string(dir.join(file)).unwrap();
    assert_eq!(source.matches(from).count(), 1, "{file}: {from}");
    std::fs::write(dir.join(file), source.replace(from, to)).unwrap();
    let output = crate::tourbillon(&dir, &["build"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{said}");
    assert!(said.contains("No Name"), "{said}");
    // Whoever asks for tests is told as much, whether it is found by the build or afterwards.
    let output = crate::tourbillon(&dir, &["test"]);
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("No Name"), "{said}");
}

#[test]
fn a_slip_in_a_scenario_is_told_before_anything_is_built() {
    let outer = tempfile::tempdir().unwrap();
    well(outer.path(), &["new", "first-job", "--lang", "c"]);
    let dir = outer.path().join("first-job");
    std::fs::write(dir.join("scenarios/slip.toml"), "ticks = 1\nkils = [1]\n").unwrap();
    let output = crate::tourbillon(&dir, &["test"]);
    let printed = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(printed.starts_with("ERROR   slip\n"), "{printed}");
    assert!(
        printed.contains("slip.toml:2:1") && printed.contains("did you mean `kills`?"),
        "{printed}"
    );
    assert_eq!(said, "1 of 2 scenarios is none: nothing was built or played\n");
    assert!(!dir.join("build").exists());
    // One that is not asked for holds up nothing.
    well(&dir, &["test", "--only", "greets"]);
}

in_each_language!(check);

mod refused {
    use super::wrong_name;

    in_each_language!(wrong_name);
}
