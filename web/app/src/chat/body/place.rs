// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A position: its coordinates, how exact, and a way there. No map is fetched from anywhere: a map service would learn
//! who looks where. It opens only when a person presses "Route".

use std::sync::Arc;

use leptos::prelude::*;
use melder_kit::{Icon, dom, t, times};
use melder_port::Time;
use melder_port::view::{Message, Place};

use crate::chat::body::Head;
use crate::chat::composer;

/// "48,15012° N 11,57812° O": five places are a metre.
#[must_use]
pub fn coordinates(place: Place) -> String {
    let part = |value: i32| {
        let hundred_thousandths = (value.unsigned_abs() + 50) / 100;
        let (whole, rest) = (hundred_thousandths / 100_000, hundred_thousandths % 100_000);
        format!("{whole}{}{rest:05}°", t!("decimal-mark"))
    };
    let north = if place.latitude < 0 { t!("south") } else { t!("north") };
    let east = if place.longitude < 0 { t!("west") } else { t!("east") };
    format!("{} {north}, {} {east}", part(place.latitude), part(place.longitude))
}

/// Degrees as programs write them.
fn degrees(value: i32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let value = value.unsigned_abs();
    format!("{sign}{}.{:07}", value / 10_000_000, value % 10_000_000)
}

/// Where "Route" goes: the phone's own maps where it knows `geo:` (RFC 5870), else the open map's page.
#[must_use]
fn map_link(place: Place, has_geo: bool) -> String {
    let (lat, lon) = (degrees(place.latitude), degrees(place.longitude));
    if has_geo {
        format!("geo:{lat},{lon}?q={lat},{lon}")
    } else {
        format!("https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=18/{lat}/{lon}")
    }
}

fn has_geo() -> bool {
    dom::window()
        .navigator()
        .user_agent()
        .is_ok_and(|agent| agent.contains("Android"))
}

/// A position as a card.
pub fn card(
    message: &Arc<Message>,
    place: Place,
    label: Option<&str>,
    live_until: Option<Time>,
    head: Head,
    meta: AnyView,
) -> AnyView {
    let live = live_until.filter(|until| until.0 > times::now());
    let kind = match (live_until, live) {
        (None, _) => t!("location-once"),
        (Some(_), Some(until)) => t!("location-live-until", time = times::at(until.0)),
        (Some(_), None) => t!("location-live-over"),
    };
    let detail = match place.accuracy {
        Some(metres) => format!("{kind} · ± {metres} m"),
        None => kind,
    };
    let (id, group) = (message.id, message.group);
    let stops = message.own && live.is_some();
    view! {
        <div class="place-map" aria-hidden="true">
            <span class="place-pin" class:place-pin--live=live.is_some()><Icon name="location-on" /></span>
        </div>
        <div class="card-bubble__body">
            {move || head()}
            <div class="place-line">
                <div class="grow">{inside(place, label)}<p class="small muted">{detail}</p></div>
                {route_link(place)}
            </div>
            {stops.then(|| view! {
                <button class="button button--second button-wide" on:click=move |_| composer::place::stop(id, group, place)>{t!("location-stop")}</button>
            })}
            <div class="card-meta">{meta}</div>
        </div>
    }
    .into_any()
}

fn route_link(place: Place) -> impl IntoView {
    view! {
        <a
            class="button button--soft"
            href=map_link(place, has_geo())
            target="_blank"
            rel="noopener noreferrer"
            title=t!("route-hint")
        >
            <Icon name="directions-walk" />
            {t!("route")}
        </a>
    }
}

/// Name and coordinates.
pub fn inside(place: Place, label: Option<&str>) -> AnyView {
    let coordinates = coordinates(place);
    match label.filter(|label| !label.trim().is_empty()) {
        Some(label) => view! {
            <p class="strong">{label.to_owned()}</p>
            <p class="small muted">{coordinates}</p>
        }
        .into_any(),
        None => view! { <p class="strong">{coordinates}</p> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place = Place {
        latitude: 481_501_234,
        longitude: -115_781_999,
        accuracy: Some(6),
    };

    #[test]
    fn coordinates_are_said_to_a_metre() {
        melder_kit::texts::load(
            melder_kit::texts::Language::De,
            include_str!("../../../../../locales/de/app-chat.ftl").to_owned(),
        );
        assert_eq!(coordinates(HERE), "48,15012° N, 11,57820° W");
        let edge = Place {
            latitude: 9_999_999,
            longitude: 0,
            accuracy: None,
        };
        assert_eq!(coordinates(edge), "1,00000° N, 0,00000° O");
    }

    #[test]
    fn a_way_there_is_by_the_phone_or_by_the_open_map() {
        assert_eq!(
            map_link(HERE, true),
            "geo:48.1501234,-11.5781999?q=48.1501234,-11.5781999"
        );
        assert!(map_link(HERE, false).starts_with("https://www.openstreetmap.org/?mlat=48.1501234&mlon=-11.5781999#"));
    }
}
