//! Keys, read on a thread of their own, for reading a terminal blocks.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, poll, read};
use tokio::sync::mpsc;

/// How long the thread waits for a key before it looks whether it is still wanted.
const WAIT: Duration = Duration::from_millis(100);

/// Keys that wait to be looked at; more are dropped.
const QUEUE: usize = 64;

/// What a key means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// Ends the host.
    End,
    Up,
    Down,
    PageUp,
    PageDown,
    Top,
    Bottom,
    /// Nothing, but the table is to be drawn anew: the terminal has another size.
    Redraw,
}

/// Keys as they are pressed.
pub(super) struct Keys {
    pressed: mpsc::Receiver<Key>,
    stop: Arc<AtomicBool>,
}

impl Keys {
    pub(super) fn listen() -> io::Result<Self> {
        let (send, pressed) = mpsc::channel(QUEUE);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        std::thread::Builder::new().name("tourbillon-keys".to_owned()).spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                match poll(WAIT).and_then(|some| if some { read().map(Some) } else { Ok(None) }) {
                    Ok(Some(event)) => {
                        if let Some(key) = meaning(&event) {
                            // A full queue drops keys of somebody who leans on the keyboard.
                            send.try_send(key).ok();
                        }
                    }
                    Ok(None) => {}
                    Err(_) => return,
                }
            }
        })?;
        Ok(Self { pressed, stop })
    }

    /// The next key; `None` once there is no keyboard any more.
    pub(super) async fn next(&mut self) -> Option<Key> {
        self.pressed.recv().await
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn meaning(event: &Event) -> Option<Key> {
    match event {
        Event::Resize(..) => Some(Key::Redraw),
        Event::Key(key) if key.kind != KeyEventKind::Release => pressed(*key),
        _ => None,
    }
}

fn pressed(key: KeyEvent) -> Option<Key> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    Some(match key.code {
        KeyCode::Char('c' | 'd') if control => Key::End,
        KeyCode::Char('q') | KeyCode::Esc => Key::End,
        KeyCode::Up | KeyCode::Char('k') => Key::Up,
        KeyCode::Down | KeyCode::Char('j') => Key::Down,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown | KeyCode::Char(' ') => Key::PageDown,
        KeyCode::Home | KeyCode::Char('g') => Key::Top,
        KeyCode::End | KeyCode::Char('G') => Key::Bottom,
        _ => return None,
    })
}
