// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The number that two people compare: as a QR code for a camera, and as groups of five digits for eyes and ears.

use leptos::prelude::*;

use crate::qr::QrCode;

/// Only the digits, however they were grouped.
#[must_use]
pub fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// Groups of five digits.
#[must_use]
pub fn groups(number: &str) -> Vec<String> {
    let digits: Vec<char> = digits(number).chars().collect();
    digits.chunks(5).map(|group| group.iter().collect()).collect()
}

/// `label` names the QR code, `caption` stands below.
#[component]
pub fn SafetyNumber(
    #[prop(into)] number: Signal<String>,
    #[prop(into)] label: Signal<String>,
    #[prop(into)] caption: Signal<String>,
) -> impl IntoView {
    let code = Signal::derive(move || digits(&number.get()));
    view! {
        <figure class="safety">
            <div class="safety__code"><QrCode text=code label /></div>
            <p class="safety__digits mono">
                {move || groups(&number.get()).into_iter().map(|group| view! { <span>{group}" "</span> }).collect_view()}
            </p>
            <figcaption class="small muted">{move || caption.get()}</figcaption>
        </figure>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_reads_in_groups_of_five_however_it_came() {
        assert_eq!(groups("48213 90557\n16620"), ["48213", "90557", "16620"]);
        assert_eq!(groups("4821390557"), ["48213", "90557"]);
        assert_eq!(digits("4 8-2"), "482");
    }
}
