using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace RoomWs.Server.Transport;

/// <summary>
/// Makes Kestrel take its buffers from the runtime's shared pool. After thousands of clients came at once, Kestrel's own pool keeps all their
/// blocks for a long time, pinned. The runtime's pool keeps only a few and frees the rest.
/// </summary>
internal sealed class TrimmedMemoryPool : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => MemoryPool<byte>.Shared;
}
