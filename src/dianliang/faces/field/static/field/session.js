// Leave: warn when something was not sent, then wipe what the phone keeps.

import { ask, h, settled, toast } from "./dom.js";
import { post } from "./network.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import { fill, gettext, setup } from "./words.js";

export async function logOut() {
  await settled(); // what is still being kept belongs to what was not sent
  await sync.now().catch(() => {}); // whatever became of it: what was not sent is counted now
  const unsent = (await store.outbox()).filter((row) => row.state !== "sent" && row.state !== "dropped");
  const said = await ask({
    title: gettext("退出登录？"),
    body: [h("p", {}, unsent.length ? warning(unsent.length) : gettext("本机保存的路线和客户资料会一并清除。"))],
    confirm: unsent.length ? gettext("仍要退出") : gettext("退出"),
    cancel: gettext("留在这里"),
    danger: unsent.length > 0,
  });
  if (!said) return;
  try {
    await post(setup.urls.log_out, {});
  } catch {
    toast(gettext("现在没有网络，不能退出。请联网后再试。"));
    return;
  }
  await sync.leave();
  location.assign(setup.urls.today);
}

function warning(count) {
  return fill(
    gettext("还有 %(n)s 项没有送达。退出后路线和客户资料会清除，这 %(n)s 项留在本机，等您用同一账号登录后继续发送。"),
    { n: count },
  );
}
