"""A source of OBS Studio's, or its program scene: pictures that OBS takes when it is asked."""

from __future__ import annotations

import base64
import binascii
import io
import os
import warnings
from collections.abc import Generator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from capture_daemon.capture.base import SourceSettings, StatusCallback
from capture_daemon.capture.limits import check_size
from capture_daemon.capture.obs_websocket import Obs, RequestError
from capture_daemon.capture.polled import Hidden, PolledSource, Resized
from capture_daemon.common import small_files
from capture_daemon.errors import ConfigurationError, SourceError
from capture_daemon.frames import Box, ColourImage, Frame, Regions, Size

MOST_FPS = 10.0
"""Pictures a second at most: OBS makes each for us alone, beside its own work."""
QUALITY = 95
"""Quality of the JPEG that OBS makes, 0 to 100."""
PASSWORD = "CAPTURE_DAEMON_OBS_PASSWORD"
"""The environment variable that may hold the password."""
MOST_BYTES = 1024
"""The most bytes that a password file may have."""
MOST_LISTED = 20
"""Sources that an error lists: it is one line."""
_NOT_FOUND, _WRONG_KIND, _RENDER_FAILED, _NOT_READY = 600, 602, 702, 207
_SCENE_CHANGED = "CurrentProgramSceneChanged"


class ObsSource(PolledSource):
    """Asks OBS for a picture at most ten times a second, and cuts out of it what the regions need."""

    most_fps = MOST_FPS

    def __init__(
        self, source: str | None, regions: Regions | None, settings: SourceSettings, on_status: StatusCallback
    ) -> None:
        """`source` is the name of a source or a scene; None stands for the program scene, whichever that is."""
        super().__init__("obs" if source is None else f"obs:{source}", regions, settings, on_status)
        self._source = source
        self._text: str | None = None
        self._picture: ColourImage = np.empty((0, 0, 3), np.uint8)

    def names(self) -> list[str]:
        """The names of scenes and sources that OBS has; the scenes first. Raises SourceError, ConfigurationError."""
        with Obs(self._settings.obs_address, self._password(), lambda: None) as obs:
            try:
                return self._names(obs)
            except RequestError as error:
                raise SourceError(f"OBS does not list its sources ({error})") from error

    def _session(self) -> Generator[Frame, None, None]:
        with Obs(self._settings.obs_address, self._password(), self._attend) as obs:
            self._look_for_scene(obs)
            try:
                first = self._shot(obs)
            except Hidden as reason:
                self._hide(str(reason))
                return
            size = Size(first.shape[1], first.shape[0])

            def grab(box: Box) -> bytes:
                picture = self._shot(obs)
                if (picture.shape[1], picture.shape[0]) != size:
                    raise Resized
                return picture[box.top : box.bottom, box.left : box.right].tobytes()

            yield from self._polled(size, grab, channels=3)

    def _look_for_scene(self, obs: Obs) -> None:
        """Ask for the program scene's name, if that is captured: OBS reports another scene, but no other name."""
        scene = {} if self._source is not None else self._asked(obs, "GetCurrentProgramScene")
        obs.events[_SCENE_CHANGED] = {"sceneName": scene.get("currentProgramSceneName")}

    def _shot(self, obs: Obs) -> ColourImage:
        name = self._source if self._source is not None else obs.events[_SCENE_CHANGED].get("sceneName")
        picture = {"sourceName": name, "imageFormat": "jpg", "imageCompressionQuality": QUALITY}
        try:
            answer = obs.ask("GetSourceScreenshot", **picture)
        except RequestError as error:
            if self._source is not None or error.code != _NOT_FOUND:
                raise self._refusal(obs, error) from error
            self._look_for_scene(obs)
            picture["sourceName"] = obs.events[_SCENE_CHANGED].get("sceneName")
            answer = self._asked(obs, "GetSourceScreenshot", **picture)
        text = str(answer.get("imageData", "")).partition(",")[2]
        if text != self._text:
            self._picture = self._decoded(text)
            self._text = text
        return self._picture

    def _decoded(self, text: str) -> ColourImage:
        try:
            data = base64.b64decode(text, validate=True)
            with warnings.catch_warnings(), Image.open(io.BytesIO(data)) as image:
                # How large it may be is checked here, before it is decoded.
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)
                check_size(self.name, Size(*image.size), self._settings.max_pixels)
            picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        except (binascii.Error, UnidentifiedImageError, Image.DecompressionBombError, OSError, cv2.error) as error:
            raise SourceError("OBS sent a picture that can't be decoded") from error
        if picture is None:
            raise SourceError("OBS sent a picture that can't be decoded")
        return np.asarray(picture, np.uint8)

    def _asked(self, obs: Obs, request: str, **data: object) -> dict[str, object]:
        try:
            return obs.ask(request, **data)
        except RequestError as error:
            raise self._refusal(obs, error) from error

    def _refusal(self, obs: Obs, error: RequestError) -> SourceError | Hidden:
        """What a refused request means to the user."""
        what = "program scene" if self._source is None else f"source {self._source!r}"
        if error.code == _NOT_FOUND:
            return SourceError(f"OBS has no {what}: there are {self._there(obs)}")
        if error.code == _WRONG_KIND:
            return SourceError(
                f"{self._source!r} has no picture, as sources of sound have none: there are {self._there(obs)}"
            )
        if error.code == _RENDER_FAILED:
            return Hidden("OBS has no picture of it now: see in OBS whether it shows anything")
        if error.code == _NOT_READY:
            return SourceError("OBS is still starting")
        return SourceError(f"OBS refuses to give a picture ({error})")

    def _there(self, obs: Obs) -> str:
        """The names of scenes and sources there are; the scenes first."""
        try:
            names = self._names(obs)
        except RequestError:
            return "others"
        more = len(names) - MOST_LISTED
        return ", ".join(map(repr, names[:MOST_LISTED])) + (f" and {more} more" if more > 0 else "")

    @staticmethod
    def _names(obs: Obs) -> list[str]:
        scenes = [str(one.get("sceneName")) for one in obs.ask("GetSceneList").get("scenes", [])]
        inputs = [str(one.get("inputName")) for one in obs.ask("GetInputList").get("inputs", [])]
        return [*reversed(scenes), *inputs]

    def _password(self) -> str | None:
        try:
            return password(self._settings.obs_password_file)
        except ConfigurationError as error:
            if self._opened:
                raise SourceError(str(error)) from error
            raise

    def _attend(self) -> None:
        """A step while OBS is waited for."""
        self._step()
        if self._stop.is_set():
            raise SourceError("the source is being closed")


def password(file: Path | None) -> str | None:
    """OBS's password, from a file or from the environment, None if neither has it.

    Raises ConfigurationError if the file can't be read, SourceError if it isn't text.
    """
    if file is None:
        return os.environ.get(PASSWORD)
    try:
        return small_files.read(file, "source.obs_password_file", MOST_BYTES).data.decode("utf-8").strip("\r\n")
    except UnicodeDecodeError as error:
        raise SourceError(f"source.obs_password_file: {file}: is not UTF-8 text") from error
