//! The compiler's process against components that are made to break it. The child is the real program.

#![allow(
    clippy::unwrap_used,
    clippy::large_futures,
    clippy::format_collect,
    reason = "a test may panic, and a future of it may be large"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tourbillon::engine::{
    Cache, CachePlace, CompileIn, CompileLimit, Compiler, Engines, LoadError, Loader, Progress,
};
use tourbillon::types::{ByteSize, CompileLimits, InstanceLimits, InstanceMode, LoadLimits};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tourbillon");

fn loader(limits: CompileLimits, program: impl Into<PathBuf>, cache: Cache) -> Loader {
    let engines = Engines::new(1, &InstanceLimits::default()).unwrap();
    Loader::new(engines, Compiler::new(CompileIn::Program(program.into()), limits), cache)
}

fn component(text: &str) -> Arc<[u8]> {
    wat::parse_str(text).unwrap().into()
}

/// A component around the body of one function.
fn with_function(body: &str) -> Arc<[u8]> {
    component(&format!("(component (core module (memory 1) (func (local i32 i64) {body})))"))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

fn load(limits: CompileLimits, bytes: Arc<[u8]>) -> Result<(), LoadError> {
    let loader = loader(limits, PROGRAM, Cache::none());
    block_on(loader.load(bytes, InstanceMode::Resident, &LoadLimits::default(), |_| ())).map(drop)
}

/// Loops in loops, each with branches to all around it, and locals that live through all of them: a
/// graph that takes a compiler long.
fn costly() -> Arc<[u8]> {
    const NESTED: usize = 60;
    const COPIES: usize = 40;
    const LOCALS: usize = 40;
    let nest = (0..NESTED).fold(String::new(), |inner, n| {
        let labels: Vec<String> = (1..=NESTED - n).map(|label| label.to_string()).collect();
        let local = n % LOCALS;
        format!(
            "(loop (local.set {local} (i32.add (local.get {local}) (i32.const 1))) {inner}
               (if (local.get {local}) (then (br_table {} (local.get {local})))))",
            labels.join(" ")
        )
    });
    let locals = "i32 ".repeat(LOCALS);
    let body = nest.repeat(COPIES);
    component(&format!("(component (core module (func (local {locals}) {body})))"))
}

/// Components that instantiate one another twice: a few lines for a million instances.
fn multiplying() -> Arc<[u8]> {
    const LEVELS: usize = 20;
    let text = (0..LEVELS).fold(
        "(core module $m) (core instance (instantiate $m))".into(),
        |inner: String, _| {
            format!(
                "(component $c {inner}) (instance (instantiate $c)) (instance (instantiate $c))"
            )
        },
    );
    component(&format!("(component {text})"))
}

#[test]
fn a_small_component_is_compiled_for_both_modes_and_cached() {
    let dir = tempfile::tempdir().unwrap();
    let place = CachePlace::in_state(dir.path());
    let bytes = with_function("(nop)");
    let check = |mode, from_cache, expect: &[Progress]| {
        let loader = loader(CompileLimits::default(), PROGRAM, Cache::open(Some(&place)));
        let seen = std::cell::RefCell::new(Vec::new());
        let progress = |p| seen.borrow_mut().push(p);
        let limits = LoadLimits::default();
        let result = block_on(loader.load(bytes.clone(), mode, &limits, progress));
        assert_eq!(result.unwrap().from_cache, from_cache, "{mode:?}");
        assert_eq!(*seen.borrow(), expect);
    };
    let all = [Progress::Waiting, Progress::Compiling, Progress::Loading];
    check(InstanceMode::Resident, false, &all);
    check(InstanceMode::Resident, true, &[Progress::Loading]);
    check(InstanceMode::PerRun, false, &all);
    check(InstanceMode::PerRun, true, &[Progress::Loading]);
}

#[test]
fn many_loads_of_one_component_at_once_compile_it_once_and_share_its_code() {
    let loader = loader(CompileLimits::default(), PROGRAM, Cache::none());
    let (limits, bytes) = (LoadLimits::default(), with_function("(nop)"));
    let compiling = std::cell::Cell::new(0);
    let count = |p| compiling.set(compiling.get() + u32::from(p == Progress::Compiling));
    let loads = (0..20).map(|_| loader.load(bytes.clone(), InstanceMode::Resident, &limits, count));
    let all = block_on(futures::future::try_join_all(loads)).unwrap();
    assert_eq!(compiling.get(), 1);
    let at = |n: usize| all[n].component.image_range().start;
    assert!((0..20).all(|n| at(n) == at(0)));
    assert_eq!(all.iter().filter(|l| !l.from_cache).count(), 1);
}

#[test]
fn processor_time_is_bounded() {
    let limits = CompileLimits { cpu: Duration::from_secs(1), ..CompileLimits::default() };
    let error = load(limits, costly()).unwrap_err();
    assert!(
        matches!(error, LoadError::TooExpensive(CompileLimit::Cpu(d)) if d.as_secs() == 1),
        "{error}"
    );
}

#[test]
fn time_on_the_wall_is_bounded() {
    let limits = CompileLimits { wall: Duration::from_millis(50), ..CompileLimits::default() };
    let error = load(limits, costly()).unwrap_err();
    assert!(matches!(error, LoadError::TooExpensive(CompileLimit::Wall(_))), "{error}");
}

#[test]
fn memory_is_bounded() {
    let limits = CompileLimits { memory: ByteSize::mib(160), ..CompileLimits::default() };
    let error = load(limits, multiplying()).unwrap_err();
    assert!(matches!(error, LoadError::TooExpensive(CompileLimit::Memory(_))), "{error}");
}

#[test]
fn compiled_code_is_bounded() {
    let limits = CompileLimits { output: ByteSize::kib(4), ..CompileLimits::default() };
    let error = load(limits, with_function("(nop)")).unwrap_err();
    assert!(matches!(error, LoadError::TooExpensive(CompileLimit::Output(_))), "{error}");
}

#[test]
fn what_is_not_valid_is_refused_with_the_reason() {
    let check = |bytes: Arc<[u8]>, expect: &str| {
        let said = load(CompileLimits::default(), bytes).unwrap_err().to_string();
        assert!(said.contains(expect), "{said}");
    };
    let whole = with_function("(drop (memory.grow (i32.const 1)))");
    check(whole[..whole.len() - 3].into(), "the component is not valid");
    check([&b"\0asm\x0d\0\x01\0"[..], &[0xff; 64]].concat().into(), "the component is not valid");
    check(b"random bytes, no WebAssembly".to_vec().into(), "its first bytes are not");
    check(wat::parse_str("(module)").unwrap().into(), "it is a core module, not a component");
    check(component("(component (core module (memory i64 1)))"), "the component is not valid");
    let limits = LoadLimits { component: ByteSize::new(8), ..LoadLimits::default() };
    let loader = loader(CompileLimits::default(), PROGRAM, Cache::none());
    let load = loader.load(whole, InstanceMode::Resident, &limits, |_| ());
    let said = block_on(load).unwrap_err().to_string();
    assert!(said.contains("a component may have 8 B"), "{said}");
}

/// A compiler that behaves as the text of a shell script says.
fn script(dir: &tempfile::TempDir, text: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let path = dir.path().join("compiler.sh");
    std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    path
}

#[test]
fn a_child_that_crashes_hangs_or_lies_is_contained() {
    let check = |text: &str, expect: &str| {
        let dir = tempfile::tempdir().unwrap();
        let endless = text.starts_with("while");
        let wall = Duration::from_millis(if endless { 100 } else { 60_000 });
        let limits = CompileLimits { wall, ..CompileLimits::default() };
        let loader = loader(limits, script(&dir, text), Cache::none());
        let bytes = component("(component)");
        let load_limits = LoadLimits::default();
        let load = loader.load(bytes, InstanceMode::Resident, &load_limits, |_| ());
        let said = block_on(load).unwrap_err().to_string();
        assert!(said.contains(expect), "{text}: {said}");
    };
    check("kill -SEGV $$", "the compiler crashed on this component (signal 11, SIGSEGV)");
    check("echo oh no >&2; kill -ABRT $$", "(signal 6, SIGABRT): oh no; this host is unharmed");
    check("kill -KILL $$", "(signal 9, SIGKILL");
    check("kill -XCPU $$", "processor time (`compile_cpu`)");
    check("kill -XFSZ $$", "its code is larger than");
    check("echo 'memory allocation of 9 bytes failed' >&2; kill -ABRT $$", "(`compile_memory`)");
    check("exit 3", "exit status 3 without an answer");
    check("echo code 5", "understand its answer");
    check("printf 'code 3\\nabc'", "can't load the compiled code");
    check("printf 'panicked 3\\nabc'", "the compiler crashed on this component");
    check("printf 'invalid 3\\na\\033b'", "the component is not valid");
    check("printf 'host 3\\nabc'", "can't use the compiler's process");
    check("while :; do :; done", "it took longer than 100ms (`compile_wall`)");
}

#[test]
fn dropping_the_load_ends_the_child() {
    let dir = tempfile::tempdir().unwrap();
    let pid = dir.path().join("pid");
    let text = format!("echo $$ > {}.new; mv {0}.new {0}; while :; do :; done", pid.display());
    let loader = loader(CompileLimits::default(), script(&dir, &text), Cache::none());
    block_on(async {
        let limits = LoadLimits::default();
        let load = loader.load(component("(component)"), InstanceMode::Resident, &limits, |_| ());
        let started = async {
            while !pid.exists() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            _ = load => panic!("the child does not end by itself"),
            () = started => {}
        }
    });
    let pid = std::fs::read_to_string(&pid).unwrap();
    let alive = PathBuf::from(format!("/proc/{}", pid.trim()));
    while alive.exists() {
        std::thread::yield_now();
    }
}
