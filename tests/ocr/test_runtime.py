from capture_daemon.ocr.runtime import session_options


def test_threads_sleep_and_memory_is_kept_only_where_that_is_asked_for() -> None:
    options = session_options(3, arena=False)
    assert options.intra_op_num_threads == 3
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"
    assert not options.enable_cpu_mem_arena
    assert session_options(1, arena=True).enable_cpu_mem_arena
