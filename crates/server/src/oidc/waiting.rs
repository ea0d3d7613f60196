// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Log-ins that are under way: what the browser that began one has to bring back. In memory, bounded, each taken once:
//! a restart costs whoever was in the middle another press of the button.

use std::collections::{HashMap, VecDeque};

use data_encoding::BASE64URL_NOPAD;
use melder_mls::sign::sha256;
use melder_protocol::{AccountId, AdminId, Hash, OrganisationId, Time};
use rand_core::RngCore;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// How long somebody may take at the provider.
pub const PATIENCE: u64 = 10 * Time::MINUTE;
/// Log-ins that are under way at once: more than may begin within [`PATIENCE`], so that nobody pushes another's out.
const MOST: usize = 8_192;
/// How often an account may log in within an hour.
const OFTEN: u32 = 20;
/// Accounts that are counted at once.
const MAX_COUNTED: usize = 20_000;

/// What a log-in is for. It is settled when it begins, and kept here: nothing that comes back can make it another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An account's first device.
    Device,
    /// An administrator's session.
    Admin,
    /// The admin who is in, by the session of this hash, links it.
    LinkAdmin { admin: AdminId, session: Hash },
}

impl Purpose {
    pub const fn place(self) -> Place {
        match self {
            Self::Device => Place::App,
            Self::Admin => Place::Leitstand,
            Self::LinkAdmin { .. } => Place::Access,
        }
    }
}

/// Where it is said why nothing came of a log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    App,
    Leitstand,
    /// The Leitstand's page of who gets in.
    Access,
}

impl Place {
    /// The letter with which a state begins: when nothing is known of it any more, it still says where to say so.
    const fn letter(self) -> char {
        match self {
            Self::App => 'a',
            Self::Leitstand => 'l',
            Self::Access => 'z',
        }
    }

    /// Where somebody with this state came from, as far as one can tell.
    pub fn of(state: &str) -> Self {
        let all = [Self::Leitstand, Self::Access];
        let found = all.into_iter().find(|place| state.starts_with(place.letter()));
        found.unwrap_or(Self::App)
    }
}

/// What is known of a log-in that is under way.
pub struct Pending {
    pub purpose: Purpose,
    pub organisation: OrganisationId,
    /// Of the settings by which it began.
    pub revision: u32,
    pub nonce: String,
    /// Shows the provider that who asks for the token is who began.
    pub verifier: Zeroizing<String>,
    browser: Hash,
    since: Time,
}

/// What the browser takes along.
pub struct Ticket {
    pub state: String,
    pub nonce: String,
    /// The hash of the verifier, S256.
    pub challenge: String,
    /// For the cookie.
    pub browser: String,
}

/// 256 random bits, as text.
fn fresh(rng: &mut (impl RngCore + ?Sized)) -> String {
    let mut bytes = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *bytes);
    BASE64URL_NOPAD.encode(&*bytes)
}

#[derive(Default)]
pub struct Waiting {
    /// By the hash of the state.
    pending: HashMap<Hash, Pending>,
    order: VecDeque<Hash>,
    counts: HashMap<AccountId, (Time, u32)>,
}

impl Waiting {
    /// Somebody goes to the provider.
    pub fn begin(
        &mut self,
        now: Time,
        rng: &mut (impl RngCore + ?Sized),
        organisation: OrganisationId,
        revision: u32,
        purpose: Purpose,
    ) -> Ticket {
        while let Some(oldest) = self.order.front() {
            let over = self
                .pending
                .get(oldest)
                .is_none_or(|pending| now.since(pending.since) >= PATIENCE);
            if !over && self.order.len() < MOST {
                break;
            }
            self.pending.remove(oldest);
            self.order.pop_front();
        }
        let (mut state, nonce, browser) = (fresh(rng), fresh(rng), fresh(rng));
        state.insert(0, purpose.place().letter());
        let verifier = Zeroizing::new(fresh(rng));
        let challenge = BASE64URL_NOPAD.encode(sha256(verifier.as_bytes()).as_bytes());
        let key = sha256(state.as_bytes());
        let pending = Pending {
            purpose,
            organisation,
            revision,
            nonce: nonce.clone(),
            verifier,
            browser: sha256(browser.as_bytes()),
            since: now,
        };
        self.pending.insert(key, pending);
        self.order.push_back(key);
        Ticket {
            state,
            nonce,
            challenge,
            browser,
        }
    }

    /// Somebody comes back. Whatever comes of it, that was its one time.
    pub fn take(
        &mut self,
        now: Time,
        state: &str,
        organisation: OrganisationId,
        browser: Option<&str>,
    ) -> Option<Pending> {
        let pending = self.pending.remove(&sha256(state.as_bytes()))?;
        let shown = sha256(browser?.as_bytes());
        let same: bool = shown.as_bytes().ct_eq(pending.browser.as_bytes()).into();
        let in_time = now.since(pending.since) < PATIENCE;
        (same && in_time && pending.organisation == organisation).then_some(pending)
    }

    /// Counts a log-in; false: it is one too many.
    pub fn count(&mut self, now: Time, account: AccountId) -> bool {
        if self.counts.len() >= MAX_COUNTED {
            self.counts.retain(|_, (since, _)| now.since(*since) < Time::HOUR);
        }
        if self.counts.len() >= MAX_COUNTED && !self.counts.contains_key(&account) {
            return false;
        }
        let (since, count) = self.counts.entry(account).or_insert((now, 0));
        if now.since(*since) >= Time::HOUR {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        *count <= OFTEN
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    use super::*;

    const CITY: OrganisationId = OrganisationId::from_bytes([1; 16]);
    const TOWN: OrganisationId = OrganisationId::from_bytes([2; 16]);

    #[test]
    fn a_log_in_comes_back_once_in_time_to_its_browser_and_for_its_organisation() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut waiting = Waiting::default();
        let mut begin = |waiting: &mut Waiting| waiting.begin(Time(0), &mut rng, CITY, 3, Purpose::Device);
        let ticket = begin(&mut waiting);
        let back = waiting
            .take(Time(1), &ticket.state, CITY, Some(&ticket.browser))
            .unwrap();
        assert_eq!((back.nonce, back.revision), (ticket.nonce, 3));
        assert_eq!(
            ticket.challenge,
            BASE64URL_NOPAD.encode(sha256(back.verifier.as_bytes()).as_bytes())
        );
        assert!(
            waiting
                .take(Time(1), &ticket.state, CITY, Some(&ticket.browser))
                .is_none()
        );
        for wrong in 0..4 {
            let ticket = begin(&mut waiting);
            let other = begin(&mut waiting);
            let browser = [Some(&other.browser), None, Some(&ticket.browser), Some(&ticket.browser)][wrong];
            let organisation = if wrong == 2 { TOWN } else { CITY };
            let at = if wrong == 3 { Time(PATIENCE) } else { Time(1) };
            let back = waiting.take(at, &ticket.state, organisation, browser.map(String::as_str));
            assert!(back.is_none(), "{wrong}");
            assert!(
                waiting
                    .take(Time(1), &ticket.state, CITY, Some(&ticket.browser))
                    .is_none()
            );
        }
    }

    #[test]
    fn a_log_in_comes_back_as_what_it_began_as_and_its_state_says_where_to_say_so() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut waiting = Waiting::default();
        let (admin, session) = (AdminId::from_bytes([1; 16]), Hash::from_bytes([2; 32]));
        for purpose in [Purpose::Device, Purpose::Admin, Purpose::LinkAdmin { admin, session }] {
            let ticket = waiting.begin(Time(0), &mut rng, CITY, 3, purpose);
            assert_eq!(Place::of(&ticket.state), purpose.place());
            // Another letter is another state: it names nothing.
            let other = ["l", &ticket.state[1..]].concat();
            if other != ticket.state {
                assert!(waiting.take(Time(1), &other, CITY, Some(&ticket.browser)).is_none());
            }
            let back = waiting.take(Time(1), &ticket.state, CITY, Some(&ticket.browser));
            assert_eq!(back.unwrap().purpose, purpose);
        }
        assert_eq!(Place::of(""), Place::App);
    }

    #[test]
    fn memory_is_bounded_and_one_account_logs_in_so_often() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut waiting = Waiting::default();
        for number in 0..10_000 {
            let _ = waiting.begin(Time(number), &mut rng, CITY, 1, Purpose::Device);
        }
        assert!(waiting.pending.len() <= MOST && waiting.order.len() <= MOST);
        let account = AccountId::from_bytes([1; 16]);
        let taken = (0..100).filter(|_| waiting.count(Time(0), account)).count();
        assert_eq!(taken, OFTEN as usize);
        assert!(waiting.count(Time(Time::HOUR), account));
    }
}
