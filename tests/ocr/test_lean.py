import subprocess
import sys


def run(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=100
    ).stdout.strip()


def test_paddleocr_is_imported_without_what_it_does_not_need() -> None:
    program = """
import sys
from capture_daemon.ocr.lean import UNNEEDED, import_paddleocr
paddleocr = import_paddleocr()
assert paddleocr.TextRecognition
assert not UNNEEDED & sys.modules.keys(), UNNEEDED & sys.modules.keys()
import pandas
print(pandas.DataFrame({"a": [1]}).shape)
"""
    assert run(program).splitlines()[-1] == "(1, 1)"


def test_all_of_it_is_imported_where_the_stand_ins_do_not_do() -> None:
    program = """
import sys
from capture_daemon.ocr import lean
del lean._StandIn.__getattr__
assert lean.import_paddleocr().TextRecognition
print("pandas" in sys.modules)
"""
    assert run(program).splitlines()[-1] == "True"


def test_settings_are_read_by_the_library_in_c_meanwhile_and_say_the_same() -> None:
    program = """
import yaml
from capture_daemon.ocr.lean import quick_settings
text = 'Global: {name: x}\\nPostProcess: {character_dict: ["、", "a", "~", "😀", "1"]}'
slow = yaml.load(text, Loader=yaml.FullLoader)
with quick_settings():
    quick = yaml.load(text, Loader=yaml.FullLoader)
    print(yaml.FullLoader.__name__)
print(slow == quick, yaml.FullLoader.__name__)
"""
    assert run(program).splitlines() == ["CFullLoader", "True FullLoader"]
