using RoomWs.Server.Storage.Batch;

namespace RoomWs.Tests.Support;

/// <summary>
/// A bus between nodes of one process: what a node says is put behind all that was said before when the test says so, and each other node hears it when the test says so.
/// </summary>
internal sealed class KernelBus
{
    private readonly List<(Node From, string Text)> _said = [];
    private readonly List<Node> _nodes = [];
    private int _added;

    /// <summary>A node that can join, of a name of its own.</summary>
    public Node Add() => new(this, $"node{_added++}");

    /// <summary>Has all be said and heard that can be, the answers too.</summary>
    public void Settle()
    {
        while (_nodes.Any(node => node.CanGoOn))
        {
            foreach (var node in _nodes)
            {
                node.Speak();
                while (node.HearNext())
                {
                    // The next one.
                }
            }
        }
    }

    /// <summary>A node's end of the bus.</summary>
    internal sealed class Node(KernelBus bus, string id) : ILiveBus
    {
        private IBusMember _member = null!;
        private bool _isWoken;
        private int _heard;
        private Task _hearing = Task.CompletedTask;

        public string NodeId => id;

        /// <summary>Whether it is still at what it has heard last.</summary>
        public bool IsWaiting => !_hearing.IsCompleted;

        /// <summary>Whether it has something to say, or to hear and waits for nothing.</summary>
        public bool CanGoOn => _isWoken || (_hearing.IsCompleted && _heard < bus._said.Count);

        public void Join(IBusMember member)
        {
            (_member, _heard) = (member, bus._said.Count);
            foreach (var other in bus._nodes)
            {
                other._member.Met(NodeId, isNew: true);
                _member.Met(other.NodeId, isNew: false);
            }

            bus._nodes.Add(this);
        }

        public void Wake() => _isWoken = true;

        /// <summary>Says what there is to say.</summary>
        public void Speak()
        {
            _isWoken = false;
            bus._said.AddRange(_member.Say().Select(text => (this, text)));
        }

        /// <summary>Hears the next that was said. False if there is nothing, or the last is not heard yet.</summary>
        public bool HearNext()
        {
            if (!_hearing.IsCompleted || _heard == bus._said.Count) return false;
            var (from, text) = bus._said[_heard++];
            if (from != this) _hearing = _member.HearAsync(from.NodeId, text, CancellationToken.None);
            return true;
        }

        /// <summary>Loses what there is to say and to hear.</summary>
        public void Lose()
        {
            _isWoken = false;
            _member.Say();
            _heard = bus._said.Count;
        }

        /// <summary>Has its way to the others again.</summary>
        public void Rejoin() => _member.Joined();

        /// <summary>Is not heard of any more.</summary>
        public void Die()
        {
            bus._nodes.Remove(this);
            foreach (var other in bus._nodes) other._member.Gone(NodeId);
        }

        public void Dispose()
        {
        }
    }
}
