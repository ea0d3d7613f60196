# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Rules by function and directory, devices, policy per group, look, operations.

leit-rule-function = Add a function
leit-rule-function-choose = Choose a function
leit-rule-function-count = { $name } ({ $count })
leit-rule-is-function = Function, in all units
leit-rule-directory = Add a group of the directory
leit-rule-directory-choose = Choose a group
leit-rule-is-directory = Group of the directory
