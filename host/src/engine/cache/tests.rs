//! What the cache refuses to hand out, and what it survives.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;

const A: Digest = Digest::new([1; 32]);
const B: Digest = Digest::new([2; 32]);
const S: Digest = Digest::new([3; 32]);

struct Place {
    _dir: tempfile::TempDir,
    at: CachePlace,
}

fn place() -> Place {
    let dir = tempfile::tempdir().unwrap();
    let at = CachePlace::in_state(dir.path());
    Place { _dir: dir, at }
}

fn code(n: usize) -> Compiled {
    Compiled::vouched((0..n).map(|i| u8::try_from(i % 251).unwrap()).collect())
}

impl Place {
    fn cache(&self) -> Cache {
        Cache::open(Some(&self.at))
    }

    fn file(&self) -> PathBuf {
        self.at.dir.join(file_name(&A, &S))
    }

    fn get(&self) -> Option<Vec<u8>> {
        self.cache().get(&A, &S).map(|c| c.bytes().to_owned())
    }
}

#[test]
fn what_was_put_is_found_by_another_process_and_under_its_own_key_alone() {
    let place = place();
    place.cache().put(&A, &S, &code(1_000));
    assert_eq!(place.get().as_deref(), Some(code(1_000).bytes()));
    assert!(place.cache().get(&B, &S).is_none());
    assert!(place.cache().get(&A, &B).is_none());
}

#[test]
fn a_change_of_any_byte_is_a_miss_and_the_next_put_mends_it() {
    let place = place();
    place.cache().put(&A, &S, &code(300));
    let whole = fs::read(place.file()).unwrap();
    assert_eq!(whole.len(), format::HEAD + 300);
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        fs::write(place.file(), &bytes).unwrap();
        assert_eq!(place.get(), None, "byte {at}");
    }
    for length in [0, 7, 8, format::HEAD - 1, format::HEAD, whole.len() - 1] {
        fs::write(place.file(), &whole[..length]).unwrap();
        assert_eq!(place.get(), None, "{length} bytes");
    }
    fs::write(place.file(), [&whole[..], b"x"].concat()).unwrap();
    assert_eq!(place.get(), None, "a byte too many");
    place.cache().put(&A, &S, &code(300));
    assert_eq!(place.get().as_deref(), Some(code(300).bytes()));
}

#[test]
fn what_is_in_the_fallback_is_taken_over_and_nothing_is_written_there() {
    let (front, behind) = (place(), place());
    let cache = || front.cache().with_fallback(Cache::open_existing(Some(&behind.at)));
    // Where there is none, none is made.
    assert!(cache().get(&A, &S).is_none());
    assert!(!behind.at.dir.exists() && !behind.at.key.exists());
    behind.cache().put(&A, &S, &code(300));
    let whole = fs::read(behind.file()).unwrap();
    // What fails a check is a miss, and is left as it is.
    fs::write(behind.file(), &whole[..299]).unwrap();
    assert!(cache().get(&A, &S).is_none());
    assert_eq!(fs::read(behind.file()).unwrap().len(), 299);
    fs::write(behind.file(), whole).unwrap();
    assert_eq!(cache().get(&A, &S).unwrap().bytes(), code(300).bytes());
    // It is here now, under the key of this place.
    fs::remove_file(behind.file()).unwrap();
    assert_eq!(front.get().as_deref(), Some(code(300).bytes()));
    cache().put(&B, &S, &code(9));
    assert!(behind.cache().get(&B, &S).is_none());
    // A place that others may write is passed over.
    behind.cache().put(&B, &B, &code(9));
    fs::set_permissions(&behind.at.dir, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(cache().get(&B, &B).is_none());
}

#[test]
fn code_of_one_component_under_the_name_of_another_is_a_miss() {
    let place = place();
    place.cache().put(&B, &S, &code(9));
    fs::rename(place.at.dir.join(file_name(&B, &S)), place.file()).unwrap();
    assert_eq!(place.get(), None);
}

#[test]
fn another_key_opens_nothing() {
    let place = place();
    place.cache().put(&A, &S, &code(9));
    fs::remove_file(&place.at.key).unwrap();
    assert_eq!(place.get(), None);
    place.cache().put(&A, &S, &code(10));
    assert_eq!(place.get().as_deref(), Some(code(10).bytes()));
}

#[test]
fn files_of_another_mode_links_and_directories_are_misses() {
    let place = place();
    place.cache().put(&A, &S, &code(9));
    let mode = |m| fs::set_permissions(place.file(), fs::Permissions::from_mode(m)).unwrap();
    mode(0o644);
    assert_eq!(place.get(), None);
    mode(0o600);
    assert!(place.get().is_some());
    let aside = place.at.dir.join("aside");
    fs::rename(place.file(), &aside).unwrap();
    symlink(&aside, place.file()).unwrap();
    assert_eq!(place.get(), None, "a link");
    fs::remove_file(place.file()).unwrap();
    fs::create_dir(place.file()).unwrap();
    assert_eq!(place.get(), None, "a directory");
}

#[test]
fn a_directory_or_key_that_others_may_reach_is_not_used() {
    let check = |spoil: &dyn Fn(&CachePlace), expect: &str| {
        let place = place();
        place.cache().put(&A, &S, &code(9));
        spoil(&place.at);
        assert_eq!(place.get(), None, "{expect}");
        let refused = Dir::open(&place.at.dir).map(drop).and(Key::open(&place.at.key).map(drop));
        let said = refused.unwrap_err().to_string();
        assert!(said.contains(expect), "{said}");
    };
    let mode = |path: &Path, m| fs::set_permissions(path, fs::Permissions::from_mode(m)).unwrap();
    check(&|at| mode(&at.dir, 0o770), "is not of mode 0700");
    check(&|at| mode(&at.key, 0o640), "is not of mode 0600");
    check(&|at| fs::write(&at.key, [0; 31]).unwrap(), "is not 32 bytes long");
    check(
        &|at| {
            fs::rename(&at.dir, at.dir.with_extension("real")).unwrap();
            symlink(at.dir.with_extension("real"), &at.dir).unwrap();
        },
        "a link is not followed",
    );
    check(
        &|at| {
            fs::rename(&at.key, at.key.with_extension("real")).unwrap();
            symlink(at.key.with_extension("real"), &at.key).unwrap();
        },
        "can't open the key",
    );
}

#[test]
fn another_users_directory_is_refused() {
    // Some directory of root's, or, run as root, one given away.
    let dir = tempfile::tempdir().unwrap();
    let path = if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(dir.path(), Some(12_345), None).unwrap();
        dir.path()
    } else {
        Path::new("/")
    };
    let said = Dir::open(path).unwrap_err().to_string();
    assert!(said.contains("belongs to another user"), "{said}");
}

#[test]
fn a_place_that_cannot_be_made_is_no_cache_and_no_error() {
    let at = CachePlace { dir: "/proc/nowhere/cache".into(), key: "/proc/nowhere/key".into() };
    let cache = Cache::open(Some(&at));
    cache.put(&A, &S, &code(9));
    assert!(cache.get(&A, &S).is_none());
    assert!(Cache::open(None).get(&A, &S).is_none());
}

#[test]
fn the_oldest_go_when_the_total_is_reached() {
    let place = place();
    let room = ByteSize::new(3 * (format::HEAD as u64 + 100));
    let cache = place.cache().with_total(room);
    let digest = |n| Digest::new([n; 32]);
    for n in 10..13 {
        cache.put(&digest(n), &S, &code(100));
        let file =
            fs::File::options().write(true).open(place.at.dir.join(file_name(&digest(n), &S)));
        let at = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(n.into());
        file.unwrap().set_modified(at).unwrap();
    }
    cache.put(&digest(13), &S, &code(150));
    let here: Vec<bool> = (10..14).map(|n| cache.get(&digest(n), &S).is_some()).collect();
    assert_eq!(here, [false, false, true, true]);
    cache.put(&digest(14), &S, &code(10_000));
    assert!(cache.get(&digest(13), &S).is_some(), "what can never fit evicts nothing");
}

#[test]
fn many_writers_and_readers_at_once_see_whole_files_and_one_key() {
    let place = place();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..10 {
                    let cache = place.cache();
                    cache.put(&A, &S, &code(5_000));
                    let found = cache.get(&A, &S).map(|c| c.bytes().to_owned());
                    assert_eq!(found.as_deref(), Some(code(5_000).bytes()));
                }
            });
        }
    });
    let left: Vec<_> =
        fs::read_dir(&place.at.dir).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn the_home_of_a_cache_follows_the_xdg_variables() {
    let check = |vars: &[(&str, &str)], expect: Option<(&str, &str)>| {
        let var = |name: &str| vars.iter().find(|(n, _)| *n == name).map(|(_, v)| PathBuf::from(v));
        let expect = expect.map(|(dir, key)| CachePlace { dir: dir.into(), key: key.into() });
        assert_eq!(CachePlace::in_home(var), expect, "{vars:?}");
    };
    let usual = ("/h/.cache/tourbillon/compiled", "/h/.local/share/tourbillon/cache.key");
    check(&[("HOME", "/h")], Some(usual));
    check(&[("HOME", "/h"), ("XDG_CACHE_HOME", "relative")], Some(usual));
    let set = [("HOME", "/h"), ("XDG_CACHE_HOME", "/c"), ("XDG_DATA_HOME", "/d")];
    check(&set, Some(("/c/tourbillon/compiled", "/d/tourbillon/cache.key")));
    check(&[("XDG_CACHE_HOME", "/c")], None);
    check(&[], None);
}
