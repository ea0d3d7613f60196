// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a device is called at first: "Chrome auf Android". Read from what the browser says of itself; the person may change it.

use melder_kit::{dom, t};

/// Later ones also claim to be earlier ones, so the order decides.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
];

fn first(table: &[(&str, &'static str)], agent: &str) -> Option<&'static str> {
    table
        .iter()
        .find(|(mark, _)| agent.contains(mark))
        .map(|(_, name)| *name)
}

/// Browser and system, as far as they are known.
fn parts(agent: &str) -> (Option<&'static str>, Option<&'static str>) {
    (first(BROWSERS, agent), first(SYSTEMS, agent))
}

/// A name for this browser on this device.
#[must_use]
pub fn default() -> String {
    let agent = dom::window().navigator().user_agent().unwrap_or_default();
    match parts(&agent) {
        (Some(browser), Some(system)) => t!("first-device-default", browser = browser, system = system),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => t!("first-device-unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_browser_is_called_what_people_call_it() {
        let cases = [
            (
                "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36",
                "Chrome",
                "Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Version/17.5 Mobile Safari/604.1",
                "Safari",
                "iPhone",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0",
                "Edge",
                "Windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                "Firefox",
                "Linux",
            ),
        ];
        for (agent, browser, system) in cases {
            assert_eq!(parts(agent), (Some(browser), Some(system)));
        }
        assert_eq!(parts("curl/8"), (None, None));
    }
}
