"""A known mistake is named where it is made, and nowhere else: a wrong name is worse than none."""

from functools import cache

import pytest

from grader.report.result import Verdict
from tests.golden import wrong
from tests.support import TESTS, graded

# Mistake → the wrong servers that have it, and then those with another mistake whose symptom is
# the same at first sight: nobody hears the event, one client does not, the payload differs, …
MISTAKES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "accept-in-hex": (("01/accept_in_hex",), ("01/guid_missing",)),
    "accept-of-the-example": (("01/accept_of_the_example",), ("01/key_decoded",)),
    "always-1000": (("01/close_always_1000",), ("01/close_unanswered",)),
    "anothers-sid": (("06/one_sid_for_all",), ("06/handler_inside_connect",)),
    "answer-masked": (("01/answer_masked",), ("01/mask_not_removed",)),
    "answered-to-all": (
        ("06/list_broadcast", "07/answer_broadcast", "07/channels_broadcast"),
        ("06/list_to_others",),
    ),
    "answered-to-others": (("06/list_to_others",), ("06/misspelt_list_event",)),
    "answered-to-room": (("07/answer_to_room",), ("07/answer_broadcast",)),
    "asks-the-terminal": (("04/input_at_start",), ("04/register_parameters",)),
    "bare-newlines": (("01/bare_newlines",), ("01/no_blank_line",)),
    "blocks": (("05/blocking",), ("05/never_emitted",)),
    "bytes-as-text": (("01/accept_as_bytes",), ("01/accept_in_hex",)),
    "channels-not-names": (("07/channels_dict",), ("07/channels_sorted",)),
    "channels-sorted": (("07/channels_sorted",), ("07/channels_dict",)),
    "client-code-in-server": (
        ("04/client_in_server", "04/javascript_pasted"),
        ("04/register_parameters", "05/wrong_key"),
    ),
    "close-unanswered": (("01/close_unanswered",), ("01/left_open",)),
    "compared-with-case": (("01/names_compared_with_case",), ("01/connection_as_one_token",)),
    "dropped-when-empty": (("05/empty_dropped",), ("05/text_stripped",)),
    "each-fragment": (
        ("01/fin_not_looked_at",),
        ("01/fragments_decoded_alone", "01/one_message_for_all"),
    ),
    "emitted-again": (
        (
            "04/emitted_per_client",
            "04/emitted_twice",
            "05/emitted_twice",
            "06/left_twice",
            "07/new_channel_twice",
        ),
        ("05/history_replayed", "06/list_broadcast"),
    ),
    "emitted-to-nobody": (
        ("05/to_sender_name", "06/left_to_leaver"),
        ("06/newcomer_refused", "04/never_emitted"),
    ),
    "ends-itself": (("04/exits_in_handler",), ("04/first_user_only",)),
    "everybody-removed": (("06/removes_everybody",), ("06/global_username",)),
    "exception": (
        ("01/length_in_one_byte", "05/wrong_key", "06/del_key_error", "02/missing_is_an_error"),
        ("05/never_emitted",),
    ),
    "existing-emptied": (
        ("07/existing_emptied",),
        ("07/not_saved", "07/history_leaves_with_author"),
    ),
    "files-disagree": (("04/register_parameters",), ("04/handler_parameters",)),
    "forgotten-f": (("04/printed_without_name",), ("04/not_printed",)),
    "general-missing": (("07/general_missing",), ("07/general_not_entered", "07/misspelt_change")),
    "guid-missing": (("01/guid_missing",), ("01/key_decoded",)),
    "handler-overwritten": (("04/handler_overwritten",), ("04/never_emitted",)),
    "handler-parameters": (("04/handler_parameters", "05/handler_parameters"), ("05/wrong_key",)),
    "handlers-inside-connect": (("06/handler_inside_connect",), ("06/global_username",)),
    "heard-in-all-channels": (("07/message_broadcast",), ("07/unknown_to_all",)),
    "histories-mixed": (("07/history_shared",), ("07/history_last_message",)),
    "history-of-texts": (("07/history_of_texts",), ("07/not_saved",)),
    "json-text": (("05/json_string",), ("05/only_text",)),
    "kept-from-before": (("05/global_message",), ("05/rebuilt_object",)),
    "key-decoded": (("01/key_decoded",), ("01/guid_missing",)),
    "keys-lost": (("05/rebuilt_object",), ("05/global_message", "05/only_text")),
    "left-open": (("01/left_open",), ("01/close_unanswered",)),
    "length-byte-order": (("01/length_little_endian",), ("01/length_in_one_byte",)),
    "length-in-one-byte": (
        ("01/length_in_one_byte",),
        ("01/length_little_endian", "01/payload_in_one_read"),
    ),
    "list-of-names": (("06/list_of_names", "06/left_names_list"), ("06/list_inverted",)),
    "looks-at-the-reason": (
        ("06/clean_leave_only", "06/closed_tab_forgotten", "06/clean_leave_forgotten"),
        ("06/session_missing", "06/left_not_told"),
    ),
    "maker-not-taken": (("07/maker_not_taken",), ("07/maker_not_in_room",)),
    "mask-not-removed": (("01/mask_not_removed",), ("01/first_four_unmasked", "01/answer_masked")),
    "message-not-saved": (
        ("07/not_saved",),
        ("07/history_leaves_with_author", "07/existing_emptied"),
    ),
    "middleware-undecorated": (("02/middleware_undecorated",), ("02/handler_not_awaited",)),
    "missing-await": (
        ("04/missing_await", "05/missing_await", "06/await_missing_list"),
        ("04/never_emitted",),
    ),
    "misspelt-event": (
        (
            "04/event_decorator",
            "04/misspelt_emit",
            "04/misspelt_listen",
            "05/event_decorator",
            "05/misspelt_emit",
            "06/misspelt_left",
            "06/misspelt_list_event",
            "07/misspelt_change",
        ),
        ("04/no_handler", "04/never_emitted"),
    ),
    "name-changed": (("06/username_lowercased",), ("06/list_inverted",)),
    "name-not-kept": (("06/session_missing",), ("06/left_not_told", "06/clean_leave_forgotten")),
    "never-emitted": (
        (
            "04/never_emitted",
            "05/never_emitted",
            "05/new_user_lost",
            "06/left_not_told",
            "06/message_broken",
        ),
        ("04/no_handler", "05/to_sender_name", "06/session_missing"),
    ),
    "never-registered": (("04/handlers_never_registered",), ("04/no_handler",)),
    "newcomer-gets-nothing": (("06/newcomer_gets_empty",), ("06/list_cached",)),
    "newest-first": (("07/history_newest_first",), ("07/history_last_message",)),
    "no-blank-line": (("01/no_blank_line",), ("01/bare_newlines",)),
    "no-disconnect-handler": (
        ("06/no_disconnect_handler", "06/leave_event_only"),
        ("06/left_not_told", "06/session_missing"),
    ),
    "no-handler": (("04/no_handler", "05/no_handler"), ("04/event_decorator",)),
    "not-answered-yet": (
        ("06/newcomer_refused", "06/nobody_unanswered"),
        ("06/misspelt_list_event",),
    ),
    "not-ascii-lost": (("04/payload_ascii",), ("04/payload_capitalized",)),
    "not-attached": (("04/not_attached", "03/not_attached"), ("04/polling_only",)),
    "not-running": (("01/not_serving",), ("01/server_closed",)),
    "not-saved": (("06/not_stored", "06/local_dict", "06/list_cached"), ("06/list_wrapped",)),
    "not-the-sid": (
        ("06/sid_shortened", "06/values_true", "06/values_username"),
        ("06/handler_inside_connect", "06/list_inverted"),
    ),
    "old-messages": (("05/history_replayed",), ("05/emitted_twice",)),
    "one-at-a-time": (("01/one_at_a_time",), ("01/server_closed",)),
    "one-name-for-all": (("06/global_username",), ("06/handler_inside_connect",)),
    "one-transport": (
        ("04/polling_only", "04/websocket_only", "03/websocket_only"),
        ("04/not_attached",),
    ),
    "only-the-last": (("07/history_last_message",), ("07/history_newest_first",)),
    "only-the-sender": (
        ("04/sender_only", "05/sender_only", "07/new_channel_to_maker"),
        ("04/joined_only", "04/sender_left_out"),
    ),
    "only-the-text": (("05/only_text",), ("05/json_string",)),
    "only-who-joined": (("04/joined_only", "06/left_only_online_at_join"), ("04/sender_only",)),
    "only-who-left": (("06/left_name_only",), ("06/left_names_list",)),
    "opcode-not-looked-at": (("01/opcode_not_looked_at",), ("01/ping_with_ping",)),
    "out-of-order": (("05/out_of_order",), ("05/global_message",)),
    "part-of-a-head": (("01/one_read_for_the_head",), ("01/all_read_with_the_head",)),
    "ping-unanswered": (("01/ping_unanswered",), ("01/pong_empty", "01/opcode_not_looked_at")),
    "ping-with-ping": (("01/ping_with_ping",), ("01/ping_unanswered",)),
    "room-not-entered": (
        ("07/change_makes_no_member", "07/maker_not_in_room", "07/rooms_never_entered"),
        ("07/general_not_entered", "07/new_channel_to_maker"),
    ),
    "returns-a-coroutine": (("02/handler_not_awaited",), ("02/nothing_returned",)),
    "returns-nothing": (("02/nothing_returned",), ("02/handler_not_awaited",)),
    "sender-left-out": (
        ("04/sender_left_out", "05/sender_left_out", "07/new_channel_to_others"),
        ("04/sender_only",),
    ),
    "several-arguments": (("04/payload_two_arguments", "05/two_arguments"), ("04/payload_list",)),
    "stranger-removes": (
        ("06/stranger_removes_last", "06/stranger_removes_first", "06/global_username"),
        ("06/removes_everybody",),
    ),
    "text-changed": (("04/payload_capitalized",), ("04/payload_ascii",)),
    "text-cut": (("05/text_cut",), ("05/text_stripped",)),
    "text-escaped": (("05/markup_escaped", "07/names_escaped"), ("05/text_stripped",)),
    "text-stripped": (("05/text_stripped",), ("05/text_cut",)),
    "told-before-removed": (("06/left_before_removal",), ("06/global_username",)),
    "told-to-others": (("01/told_to_all",), ("01/one_message_for_all",)),
    "turned-around": (("06/list_inverted",), ("06/values_username",)),
    "unknown-made": (
        ("07/change_makes_channel", "07/message_makes_channel"),
        ("07/unknown_room_entered",),
    ),
    "unknown-to-all": (("07/unknown_to_all",), ("07/unknown_room_entered", "07/message_broadcast")),
    "wrapped": (
        ("04/payload_list", "04/payload_wrapped", "06/list_wrapped", "07/new_channel_object"),
        ("05/json_string",),
    ),
}

# Those whose mistake has no name: the conversation and the hint must do.
UNNAMED = (
    "01/all_read_with_the_head",
    "01/any_version",
    "01/connection_as_one_token",
    "01/control_frames_of_any_size",
    "01/extension_promised",
    "01/first_four_unmasked",
    "01/first_subprotocol",
    "01/fragments_decoded_alone",
    "01/key_not_looked_at",
    "01/key_of_any_length",
    "01/one_message_for_all",
    "01/payload_in_one_read",
    "01/ping_ends_message",
    "01/plain_get_is_400",
    "01/pong_empty",
    "01/replaced_characters",
    "01/rest_of_a_packet_lost",
    "01/reserved_bits_ignored",
    "01/server_closed",
    "01/subprotocol_unasked",
    "01/unmasked_accepted",
    "02/decoded_twice",
    "02/dots_looked_for_as_written",
    "02/folder_listed",
    "02/html_as_text",
    "02/index_elsewhere",
    "02/index_for_everything",
    "02/no_heading",
    "02/path_joined",
    "02/script_as_text",
    "02/script_not_served",
    "02/whole_folder_served",
    "03/index_lost",
    "03/known_by_browser",
    "03/not_printed",
    "03/one_at_a_time",
    "03/printed_on_leaving",
    "03/printed_twice",
    "03/same_id",
    "03/script_lost",
    "03/two_are_enough",
    "03/upgrade_printed_too",
    "04/first_user_only",
    "04/not_printed",
    "06/rejoin_refused",
    "06/room_for_five",
    "07/channels_only_joined",
    "07/general_not_entered",
    "07/history_leaves_with_author",
    "07/unknown_room_entered",
)


@cache
def named(server: str) -> set[str]:
    """The mistakes that the checks of its step name in a wrong server."""
    number, name = server.split("/")
    result = graded(TESTS / "wrong" / f"step{number}" / name, int(number))
    failed = [check for check in result.checks if check.verdict is Verdict.FAILED]
    assert failed
    explanations = [check.explanation for check in failed]
    return {e.mistake.id for e in explanations if e and e.mistake}


SERVERS = sorted({one for having, _ in MISTAKES.values() for one in having} | set(UNNAMED))


@pytest.mark.parametrize("server", SERVERS)
def test_what_is_named_is_what_was_done(server: str) -> None:
    """No other name as well, and none where none is known."""
    assert named(server) == {name for name, (having, _) in MISTAKES.items() if server in having}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_like_symptom_with_another_cause_is_not_given_the_name(name: str) -> None:
    having, nearby = MISTAKES[name]
    assert nearby
    assert not set(having) & set(nearby)
    for server in nearby:
        assert name not in {one for one, (servers, _) in MISTAKES.items() if server in servers}


def test_every_wrong_server_is_spoken_of() -> None:
    folders = {f"{f.parent.name.removeprefix('step')}/{f.name}" for f in wrong()}
    assert folders == set(SERVERS)
