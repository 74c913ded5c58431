//! Turns: so many requests are worked on at once, and who waits gets the next turn fairly. Tenants take turns, and within a tenant
//! its principals do, so that whoever sends much waits behind themselves and nobody else.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::store::TenantId;

/// Whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Whose {
    pub(super) tenant: TenantId,
    pub(super) principal: Arc<str>,
}

/// How many turns there are at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Most {
    pub(super) all: usize,
    pub(super) of_tenant: usize,
    pub(super) of_principal: usize,
    /// How many of a principal's requests wait.
    pub(super) waiting: usize,
}

/// The turns of a registry.
#[derive(Debug)]
pub(super) struct Turns {
    most: Most,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    under_way: usize,
    of_tenant: HashMap<TenantId, usize>,
    of_principal: HashMap<Whose, usize>,
    queue: Ring<TenantId, Ring<Whose, VecDeque<Waiter>>>,
    numbers: u64,
}

#[derive(Debug)]
struct Waiter {
    number: u64,
    turn: oneshot::Sender<Turn>,
}

/// Things by key, of which each key is asked in turn.
#[derive(Debug)]
struct Ring<K, T> {
    order: VecDeque<K>,
    things: HashMap<K, T>,
}

impl<K, T> Default for Ring<K, T> {
    fn default() -> Self {
        Self { order: VecDeque::new(), things: HashMap::new() }
    }
}

impl<K: Clone + Eq + Hash, T: Default> Ring<K, T> {
    fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The thing of a key, which comes last in the order when it is new.
    fn of(&mut self, key: &K) -> &mut T {
        if !self.things.contains_key(key) {
            self.order.push_back(key.clone());
        }
        self.things.entry(key.clone()).or_default()
    }

    /// Asks each in turn until one has something to give. Who has given comes last from then on, or not at all when nothing is left
    /// of it.
    fn turn<G>(
        &mut self,
        mut ask: impl FnMut(&K, &mut T) -> Option<G>,
        is_over: impl Fn(&T) -> bool,
    ) -> Option<G> {
        let (index, given) = self.order.iter().enumerate().find_map(|(index, key)| {
            let thing = self.things.get_mut(key)?;
            ask(key, thing).map(|given| (index, given))
        })?;
        if let Some(key) = self.order.remove(index) {
            if self.things.get(&key).is_none_or(is_over) {
                self.things.remove(&key);
            } else {
                self.order.push_back(key);
            }
        }
        Some(given)
    }

    /// Changes the thing of a key, which goes when nothing is left of it.
    fn change(&mut self, key: &K, change: impl FnOnce(&mut T), is_over: impl Fn(&T) -> bool) {
        let Some(thing) = self.things.get_mut(key) else { return };
        change(thing);
        if is_over(thing) {
            self.things.remove(key);
            self.order.retain(|other| other != key);
        }
    }
}

impl State {
    fn has_room(&self, most: &Most, whose: &Whose) -> bool {
        let of = |count: Option<&usize>| count.copied().unwrap_or_default();
        self.under_way < most.all
            && of(self.of_tenant.get(&whose.tenant)) < most.of_tenant
            && of(self.of_principal.get(whose)) < most.of_principal
    }

    fn begin(&mut self, whose: &Whose) {
        self.under_way += 1;
        *self.of_tenant.entry(whose.tenant.clone()).or_default() += 1;
        *self.of_principal.entry(whose.clone()).or_default() += 1;
    }

    fn end(&mut self, whose: &Whose) {
        fn one_less<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: &K) {
            if let Some(count) = counts.get_mut(key) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(key);
                }
            }
        }
        self.under_way -= 1;
        one_less(&mut self.of_tenant, &whose.tenant);
        one_less(&mut self.of_principal, whose);
    }

    /// Begins the next turn of whoever waits, if there is room for one.
    fn next(&mut self, most: &Most) -> Option<(Whose, Waiter)> {
        let mut queue = std::mem::take(&mut self.queue);
        let next = queue.turn(
            |_, principals| {
                principals.turn(
                    |whose, waiters| {
                        let waiter = if self.has_room(most, whose) { waiters.pop_front() } else { None };
                        waiter.map(|waiter| (whose.clone(), waiter))
                    },
                    VecDeque::is_empty,
                )
            },
            Ring::is_empty,
        );
        self.queue = queue;
        if let Some((whose, _)) = &next {
            self.begin(whose);
        }
        next
    }
}

/// Somebody has more requests waiting than may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMany;

impl Turns {
    pub(super) fn new(most: Most) -> Arc<Self> {
        Arc::new(Self { most, state: Mutex::default() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place. It is a turn at once where there is room.
    pub(super) fn ask(self: &Arc<Self>, whose: &Whose) -> Result<Place, TooMany> {
        let mut state = self.state();
        // Where there is room for whoever asks, nobody waits for whom there is.
        if state.has_room(&self.most, whose) {
            state.begin(whose);
            return Ok(Place::Turn(Turn { turns: Arc::clone(self), whose: whose.clone() }));
        }
        let number = state.numbers;
        let waiters = state.queue.of(&whose.tenant).of(whose);
        if waiters.len() >= self.most.waiting {
            return Err(TooMany);
        }
        let (turn, given) = oneshot::channel();
        waiters.push_back(Waiter { number, turn });
        state.numbers += 1;
        Ok(Place::Waiting(Waiting { turns: Arc::clone(self), whose: whose.clone(), number, given }))
    }

    fn leave(&self, whose: &Whose, number: u64) {
        self.state().queue.change(
            &whose.tenant,
            |principals| {
                principals.change(
                    whose,
                    |waiters| waiters.retain(|waiter| waiter.number != number),
                    VecDeque::is_empty,
                );
            },
            Ring::is_empty,
        );
    }

    fn end(self: &Arc<Self>, whose: &Whose) {
        self.state().end(whose);
        loop {
            let Some((whose, waiter)) = self.state().next(&self.most) else { return };
            // Who has left meanwhile gives the turn back when it is dropped, which comes here again.
            drop(waiter.turn.send(Turn { turns: Arc::clone(self), whose }));
        }
    }
}

/// A place among those who ask.
#[derive(Debug)]
pub(super) enum Place {
    Turn(Turn),
    Waiting(Waiting),
}

/// A turn, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Arc<Turns>,
    whose: Whose,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.end(&self.whose);
    }
}

/// A place in the queue, which is given up when this is dropped.
#[derive(Debug)]
pub(super) struct Waiting {
    turns: Arc<Turns>,
    whose: Whose,
    number: u64,
    given: oneshot::Receiver<Turn>,
}

impl Waiting {
    /// Waits for the turn.
    pub(super) async fn turn(mut self) -> Option<Turn> {
        (&mut self.given).await.ok()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.turns.leave(&self.whose, self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: Most = Most { all: 1, of_tenant: 100, of_principal: 100, waiting: 1_000 };

    fn whose(tenant: &str, principal: &str) -> Whose {
        Whose { tenant: tenant.parse().expect("a tenant"), principal: principal.into() }
    }

    fn ask(turns: &Arc<Turns>, tenant: &str, principal: &str) -> Place {
        turns.ask(&whose(tenant, principal)).expect("a place")
    }

    /// Lets whoever has the turn go, and names whose turn it is then.
    fn next(turn: Turn, waiting: &mut Vec<(&'static str, Waiting)>) -> Option<(&'static str, Turn)> {
        drop(turn);
        let index = waiting.iter_mut().position(|(_, waiting)| !waiting.given.is_empty())?;
        let (name, mut waiting) = waiting.remove(index);
        Some((name, waiting.given.try_recv().expect("a turn")))
    }

    /// The order in which some who ask have their turns, one at a time.
    fn order(asked: &[&'static str]) -> Vec<&'static str> {
        let turns = Turns::new(MOST);
        let Place::Turn(mut turn) = ask(&turns, "first", "x") else { panic!("a turn") };
        let mut waiting = Vec::new();
        for name in asked {
            let (tenant, principal) = name.split_once('/').expect("a tenant and a principal");
            let Place::Waiting(place) = ask(&turns, tenant, principal) else { panic!("{name} waits") };
            waiting.push((*name, place));
        }
        let mut had = Vec::new();
        while let Some((name, given)) = next(turn, &mut waiting) {
            had.push(name);
            turn = given;
        }
        let state = turns.state();
        assert!(state.queue.is_empty() && state.of_tenant.is_empty() && state.of_principal.is_empty());
        assert_eq!(state.under_way, 0);
        had
    }

    #[test]
    fn tenants_take_turns_and_within_one_its_principals_do() {
        let asked = ["a/1", "a/1", "a/1", "a/2", "b/1", "b/1", "c/1"];
        assert_eq!(order(&asked), ["a/1", "b/1", "c/1", "a/2", "b/1", "a/1", "a/1"]);
        let flood: Vec<_> = std::iter::repeat_n("a/1", 500).chain(["b/1"]).collect();
        assert_eq!(order(&flood)[1], "b/1", "whoever floods delays others by one turn");
    }

    #[test]
    fn whoever_has_as_many_turns_as_they_may_is_passed_over() {
        let turns = Turns::new(Most { all: 3, of_tenant: 2, of_principal: 1, waiting: 2 });
        let Place::Turn(one) = ask(&turns, "a", "1") else { panic!("a turn") };
        let Place::Waiting(mut of_principal) = ask(&turns, "a", "1") else { panic!("one each") };
        let Place::Turn(two) = ask(&turns, "a", "2") else { panic!("a turn") };
        let Place::Waiting(mut of_tenant) = ask(&turns, "a", "3") else { panic!("two of a tenant") };
        let Place::Turn(_three) = ask(&turns, "b", "1") else { panic!("others are not held up") };
        drop(two);
        assert!(of_principal.given.try_recv().is_err(), "1 has its turn still");
        let _third = of_tenant.given.try_recv().expect("3 comes before who may not");
        drop(one);
        of_principal.given.try_recv().expect("now 1 may");
    }

    #[test]
    fn no_more_wait_than_may() {
        let turns = Turns::new(Most { waiting: 2, ..MOST });
        let _turn = ask(&turns, "a", "1");
        let (_one, two) = (ask(&turns, "a", "1"), ask(&turns, "a", "1"));
        assert_eq!(turns.ask(&whose("a", "1")).err(), Some(TooMany));
        drop(ask(&turns, "a", "2"));
        drop(two);
        assert!(turns.ask(&whose("a", "1")).is_ok(), "who leaves makes room");
    }

    /// Whatever is asked, given up and ended, in whatever order: never more at once than may be, nobody who waits is overlooked
    /// while there is room for them, nobody waits through more turns of another tenant than of their own, and all turns come back.
    #[test]
    fn turns_are_fair_and_come_back_whatever_happens() {
        for seed in 0..300 {
            let mut random = fastrand::Rng::with_seed(seed);
            let most = Most {
                all: random.usize(1..5),
                of_tenant: random.usize(1..4),
                of_principal: random.usize(1..3),
                waiting: 50,
            };
            let turns = Turns::new(most);
            let (mut under_way, mut waiting) = (Vec::<Turn>::new(), Vec::<Waiting>::new());
            // How many turns another tenant had since the front of a tenant's queue has waited.
            for _ in 0..400 {
                match random.u8(0..6) {
                    0..=2 => {
                        let tenant = ["a", "b", "c"][random.usize(0..3)];
                        match turns.ask(&whose(tenant, ["1", "2"][random.usize(0..2)])) {
                            Ok(Place::Turn(turn)) => under_way.push(turn),
                            Ok(Place::Waiting(place)) => waiting.push(place),
                            Err(TooMany) => {}
                        }
                    }
                    3 if !waiting.is_empty() => drop(waiting.swap_remove(random.usize(0..waiting.len()))),
                    _ if !under_way.is_empty() => {
                        drop(under_way.swap_remove(random.usize(0..under_way.len())));
                    }
                    _ => {}
                }
                // Some take what they were given late, and some never do.
                let mut index = 0;
                while index < waiting.len() {
                    match waiting[index].given.try_recv() {
                        Ok(turn) if random.u8(0..10) == 0 => {
                            drop(waiting.remove(index));
                            drop(turn);
                            index = 0;
                        }
                        Ok(turn) => {
                            drop(waiting.remove(index));
                            under_way.push(turn);
                        }
                        Err(_) => index += 1,
                    }
                }
                let state = turns.state();
                assert_eq!(state.under_way, under_way.len(), "seed {seed}");
                assert!(state.under_way <= most.all, "seed {seed}");
                assert!(state.of_tenant.values().all(|count| *count <= most.of_tenant), "seed {seed}");
                assert!(state.of_principal.values().all(|count| *count <= most.of_principal), "seed {seed}");
                for place in &waiting {
                    assert!(
                        !state.has_room(&most, &place.whose),
                        "seed {seed}: {:?} waits for nothing",
                        place.whose
                    );
                }
            }
            drop(waiting);
            drop(under_way);
            let state = turns.state();
            assert_eq!((state.under_way, state.queue.is_empty()), (0, true), "seed {seed}");
        }
    }

    #[tokio::test]
    async fn who_leaves_while_the_turn_is_given_gives_it_back() {
        let turns = Turns::new(MOST);
        let Place::Turn(turn) = ask(&turns, "a", "1") else { panic!("a turn") };
        let Place::Waiting(leaves) = ask(&turns, "b", "1") else { panic!("it waits") };
        let Place::Waiting(stays) = ask(&turns, "c", "1") else { panic!("it waits") };
        drop(turn);
        // It was given the turn, and never looked.
        drop(leaves);
        let turn = stays.turn().await.expect("the turn goes on");
        assert_eq!(turns.state().under_way, 1);
        drop(turn);
        assert_eq!(turns.state().under_way, 0);
    }
}
