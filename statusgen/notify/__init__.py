"""Tell people of updates: pending ones become messages to channels, recorded in a Git ref.

`occasions` says what each update is, `record` what was told already, `pending` what is to be told
to whom, `wording` in which words, and `protocol` sends it: claim, send, record.
"""
