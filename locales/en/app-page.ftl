# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# What stands on the page before the program runs. Each text stands on one line, without placeholders.

page-description = Your administration’s encrypted messenger.
page-noscript = Melder needs JavaScript: encryption runs on your device. Please switch JavaScript on for this page and reload it.
page-failed = Melder could not start. Please reload the page. If that doesn’t help, update your browser.
