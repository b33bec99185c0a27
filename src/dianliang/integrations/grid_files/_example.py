"""A small area that can be computed at once: what the template holds."""

from dianliang.engines.powerflow import (
    LV_V,
    MV_V,
    Grid,
    Line,
    LineType,
    Load,
    LoadKind,
    Node,
    Phase,
    Source,
    Transformer,
    TransformerType,
)

LINE_TYPES = (
    LineType(id="YJLV-4×150", r_ohm_per_km=0.206, x_ohm_per_km=0.07, rated_a=257),
    LineType(id="YJLV-4×95", r_ohm_per_km=0.320, x_ohm_per_km=0.07, rated_a=195),
    LineType(id="JKLYJ-1-70", r_ohm_per_km=0.443, x_ohm_per_km=0.31, rated_a=210),
    LineType(id="JKLYJ-1-35", r_ohm_per_km=0.868, x_ohm_per_km=0.33, rated_a=138),
)
"""Direct-current resistance of aluminium at 20 °C (GB/T 3956); the rest as catalogues have it."""
TRANSFORMER_TYPES = tuple(
    TransformerType(
        id=f"S13-M-{kva}",
        rated_kva=kva,
        high_v=MV_V,
        low_v=LV_V,
        short_circuit_pct=4.0,
        load_loss_kw=load_loss,
        no_load_loss_kw=no_load_loss,
        no_load_current_pct=current,
    )
    for kva, no_load_loss, load_loss, current in (
        (100, 0.15, 1.58, 1.1),
        (200, 0.24, 2.73, 1.0),
        (400, 0.41, 4.52, 0.8),
    )
)
"""Losses of series S13, Dyn11 (GB 20052—2013, grade 2); uk by GB/T 6451."""
EXAMPLE = Grid(
    name="示例台区",
    is_radial=True,
    nodes=(
        Node(id="10kV母线", voltage_v=MV_V, area="示例台区"),
        Node(id="低压母线", voltage_v=LV_V, area="示例台区"),
        Node(id="1号杆", voltage_v=LV_V, area="示例台区"),
        Node(id="2号杆", voltage_v=LV_V, area="示例台区"),
        Node(id="茶厂", voltage_v=LV_V, area="示例台区"),
    ),
    lines=(
        Line(id="L1", from_node="低压母线", to_node="1号杆", type="YJLV-4×150", length_m=120),
        Line(id="L2", from_node="1号杆", to_node="2号杆", type="JKLYJ-1-70", length_m=150),
        Line(id="L3", from_node="1号杆", to_node="茶厂", type="YJLV-4×95", length_m=80),
    ),
    transformers=(
        Transformer(id="T1", high_node="10kV母线", low_node="低压母线", type="S13-M-200"),
    ),
    loads=(
        Load(id="张家", node="1号杆", p_kw=4, q_kvar=1, phase=Phase.A),
        Load(id="李家", node="2号杆", p_kw=5, q_kvar=1, phase=Phase.B),
        Load(id="王家", node="2号杆", p_kw=3, q_kvar=0.5, phase=Phase.A),
        Load(id="炒茶机", node="茶厂", p_kw=60, q_kvar=12),
        Load(id="屋顶光伏", node="2号杆", p_kw=8, phase=Phase.C, kind=LoadKind.GENERATOR),
    ),
    sources=(Source(id="S1", node="10kV母线", voltage_pu=1.02, short_circuit_mva=100),),
    line_types=LINE_TYPES,
    transformer_types=TRANSFORMER_TYPES,
)
