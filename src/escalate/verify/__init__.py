"""Proofs about a policy, before anybody lives under it; its face is :meth:`EscalationPolicy.verify`."""
