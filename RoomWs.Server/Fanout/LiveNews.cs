using System.Runtime.InteropServices;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Fanout;

/// <summary>
/// What this node is about to say to the other nodes, in its order, but that of a cursor only the last place is said. Where there are no others nothing is kept. May be used
/// from any thread, and under a gate.
/// </summary>
/// <param name="clock">Numbers the moves.</param>
/// <param name="told">Where this node is in the order of changes.</param>
/// <param name="bus">Takes it. Null where this node is the only one.</param>
internal sealed class LiveNews(NodeClock clock, ToldPosition told, ILiveBus? bus)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string RoomId, string UserId), int> _cursors = [];
    private List<LiveFact> _facts = [];
    private string[] _others = [];
    private long _said;

    /// <summary>This node. Empty where it is the only one.</summary>
    public string NodeId => bus?.NodeId ?? "";

    /// <summary>The other nodes that are there.</summary>
    public IReadOnlyCollection<string> Others
    {
        get => Volatile.Read(ref _others);
        set => Volatile.Write(ref _others, [.. value]);
    }

    public bool IsAlone => Volatile.Read(ref _others).Length == 0;

    /// <summary>How many facts there were to say so far.</summary>
    public long Said
    {
        get
        {
            lock (_gate) return _said + _facts.Count;
        }
    }

    /// <summary>Says something soon.</summary>
    public void Say(LiveFact fact)
    {
        if (IsAlone) return;
        lock (_gate)
        {
            if (fact.Kind is LiveFactKind.Cursor or LiveFactKind.CursorGone)
            {
                ref var at = ref CollectionsMarshal.GetValueRefOrAddDefault(_cursors, (fact.RoomId, fact.UserId), out var isThere);
                if (isThere)
                {
                    _facts[at] = fact;
                    return;
                }

                at = _facts.Count;
            }
            else if (fact.Kind is not (LiveFactKind.Typing or LiveFactKind.TypingEnded))
            {
                // Where a node comes or goes, moves before and behind are two things.
                _cursors.Clear();
            }

            _facts.Add(fact);
            if (_facts.Count > 1) return;
        }

        bus?.Wake();
    }

    /// <summary>Takes what there is to say. For one thread at a time.</summary>
    public IReadOnlyList<string> Take()
    {
        List<LiveFact> facts;
        long before;
        lock (_gate)
        {
            if (_facts.Count == 0) return [];
            (facts, _facts, before, _said) = (_facts, [], _said, _said + _facts.Count);
            _cursors.Clear();
        }

        // Read behind the facts: whatever was told before one of them is in it.
        return LiveText.Write(facts, before, told.Telling, clock.Last);
    }
}
