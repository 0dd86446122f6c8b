"""What the deeds of the audit are called."""

from __future__ import annotations

from suqiu.domain.text import Text

#: Deeds by code; a deed that is not here is shown by its code.
DEEDS = {
    "order.read": Text("查看工单", "read an order"),
    "order.step": Text("办理工单", "took a step of an order"),
    "order.amend": Text("更正工单", "corrected an order"),
    "orders.export": Text("导出工单", "exported orders"),
    "orders.import": Text("导入工单", "imported orders"),
    "vault.reveal": Text("查看来电人", "looked at a caller"),
    "vault.reveal_refused": Text("查看来电人被拒", "was refused a caller"),
    "vault.unseal": Text("查看原文", "read an original text"),
    "vault.unseal_refused": Text("查看原文被拒", "was refused an original text"),
    "vault.rotate": Text("轮换密钥", "changed the vault's key"),
    "vault.trace": Text("水印溯源", "traced a watermark"),
    "relay.ask": Text("提出保密转达", "asked for a word to be passed on"),
    "relay.answer": Text("登记转达结果", "brought a caller's answer"),
    "audit.search": Text("查询审计", "searched the audit"),
    "audit.export": Text("导出审计", "exported the audit"),
    "audit.verify": Text("核验审计链", "checked the audit's chain"),
    "audit.anchor": Text("留存审计锚点", "dropped an anchor"),
    "audit.archive": Text("归档审计记录", "archived audit lines"),
    "audit.head_lost": Text("审计链尾丢失", "the chain's head was lost"),
    "site.backup": Text("备份", "made a backup"),
    "site.restore": Text("恢复", "restored a backup"),
    "site.retain": Text("到期清理个人信息", "removed personal data after its time"),
}
